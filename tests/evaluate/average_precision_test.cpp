#include <filesystem>
#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/error.hpp"
#include "sam6d/evaluate.hpp"

namespace sam6d {
namespace {

constexpr double kSameNumbers = 1e-6;  // another order of summation

Mask filled(const Box& box) {
  Mask mask(box);
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) mask.set(x, y);
  }
  return mask;
}

Detection found(ObjectId object, const Box& box, float score) {
  return {object, filled(box), box, score, std::nullopt};
}
DetectionTruth there(ObjectId object, const Box& box, bool ignore = false) {
  return {object, filled(box), box, ignore};
}

DetectionReport score(const std::vector<DetectionImage>& images,
                      const DetectionEvaluationOptions& options = {}) {
  std::vector<DetectionMatches> matches;
  matches.reserve(images.size());
  for (const DetectionImage& image : images) matches.push_back(match_detections(image, options));
  return average_precision(matches);
}

const Box kBox{10, 10, 30, 20};
const Box kElsewhere{60, 60, 80, 70};

TEST_CASE("a perfect detection has an average precision of one") {
  const DetectionReport report = score({{{found(1, kBox, 0.3F)}, {there(1, kBox)}}});
  CHECK(report.all.ap == doctest::Approx(1.0));
  CHECK(report.all.ap50 == doctest::Approx(1.0));
  CHECK(report.all.ar == doctest::Approx(1.0));
  CHECK(report.all.truths == 1);
}

TEST_CASE("a detection counts up to the threshold that its overlap reaches") {
  // 20 x 10 against 15 x 10 inside of it: IoU 0.75, so six thresholds of ten.
  const DetectionReport report = score({{{found(1, {10, 10, 25, 20}, 1.0F)}, {there(1, kBox)}}});
  CHECK(report.all.ap == doctest::Approx(0.6));
  CHECK(report.all.ap50 == doctest::Approx(1.0));
  CHECK(report.all.ap75 == doctest::Approx(1.0));
}

TEST_CASE("a better scored wrong detection halves the precision, a worse scored one does not") {
  const DetectionTruth truth = there(1, kBox);
  const auto with_wrong = [&](float wrong_score) {
    return score({{{found(1, kBox, 0.5F), found(1, kElsewhere, wrong_score)}, {truth}}}).all.ap;
  };
  CHECK(with_wrong(0.9F) == doctest::Approx(0.5));
  CHECK(with_wrong(0.1F) == doctest::Approx(1.0));
}

TEST_CASE("one of two truths found: precision one up to half of the recall") {
  // Recall levels 0, .01, ... .50 are reached: 51 of 101.
  const DetectionReport report =
      score({{{found(1, kBox, 0.5F)}, {there(1, kBox), there(1, kElsewhere)}}});
  CHECK(report.all.ap == doctest::Approx(51.0 / 101.0));
  CHECK(report.all.ar == doctest::Approx(0.5));
}

TEST_CASE("right, wrong, right: the precision at a recall is the best one from there on") {
  const Box third{5, 60, 25, 70};
  const DetectionReport report =
      score({{{found(1, kBox, 0.9F), found(1, third, 0.8F), found(1, kElsewhere, 0.7F)},
              {there(1, kBox), there(1, kElsewhere)}}});
  // Precision 1 up to recall .50 (51 levels), 2/3 for the other 50.
  CHECK(report.all.ap50 == doctest::Approx((51.0 + 50.0 * 2.0 / 3.0) / 101.0));
}

TEST_CASE("a second detection of the same instance is wrong") {
  const DetectionReport report =
      score({{{found(1, kBox, 0.9F), found(1, kBox, 0.8F)}, {there(1, kBox)}},
             {{found(1, kBox, 0.7F)}, {there(1, kBox)}}});
  // Ordered over both images: right, wrong, right.
  CHECK(report.all.ap50 == doctest::Approx((51.0 + 50.0 * 2.0 / 3.0) / 101.0));
}

TEST_CASE("ignored truths are neither to be found nor wrong when found") {
  const DetectionReport report = score({{{found(1, kBox, 0.5F), found(1, kElsewhere, 0.9F)},
                                         {there(1, kElsewhere, true), there(1, kBox)}}});
  CHECK(report.all.ap == doctest::Approx(1.0));
  CHECK(report.all.truths == 1);
}

TEST_CASE("objects are averaged; those without truths do not count") {
  const DetectionReport report =
      score({{{found(1, kBox, 0.5F), found(3, kBox, 0.9F)}, {there(1, kBox), there(2, kBox)}}});
  CHECK(report.by_object.size() == 2);
  CHECK(report.by_object.at(1).ap == doctest::Approx(1.0));
  CHECK(report.by_object.at(2).ap == 0.0);
  CHECK(report.all.ap == doctest::Approx(0.5));
}

TEST_CASE("masks and boxes are compared apart") {
  Detection detection = found(1, kBox, 1.0F);
  detection.mask = filled({10, 10, 20, 20});  // half of the box
  const std::vector<DetectionImage> images{{{detection}, {there(1, kBox)}}};
  CHECK(score(images, {IouKind::kBox, 100}).all.ap == doctest::Approx(1.0));
  CHECK(score(images, {IouKind::kMask, 100}).all.ap == doctest::Approx(0.1));
}

TEST_CASE("only the best detections of an image count") {
  const std::vector<DetectionImage> images{
      {{found(1, kElsewhere, 0.9F), found(1, kBox, 0.5F)}, {there(1, kBox)}}};
  CHECK(score(images, {IouKind::kMask, 1}).all.ap == 0.0);
  CHECK(score(images, {IouKind::kMask, 2}).all.ap == doctest::Approx(0.5));
}

TEST_CASE("no images, no truths, no detections") {
  CHECK(score({}).all.ap == 0.0);
  CHECK(score({{{found(1, kBox, 1.0F)}, {}}}).by_object.empty());
  CHECK(score({{{}, {there(1, kBox)}}}).all.ap == 0.0);
}

TEST_CASE("scores that are not finite and limits below one are refused") {
  CHECK_THROWS_AS((void)match_detections({{found(1, kBox, NAN)}, {}}), Error);
  CHECK_THROWS_AS((void)match_detections({}, {IouKind::kMask, 0}), Error);
}

TEST_CASE("random boxes score as with pycocotools") {
  std::ifstream file(std::filesystem::path(SAM6D_TEST_DATA) / "coco_ap" / "boxes.json");
  const nlohmann::json golden = nlohmann::json::parse(file);
  const auto box_of = [](const nlohmann::json& item) {
    const auto b = item.at("bbox").get<std::vector<int>>();
    return Box{b[0], b[1], b[0] + b[2], b[1] + b[3]};
  };
  std::vector<DetectionImage> images;
  for (const auto& entry : golden.at("images")) {
    DetectionImage& image = images.emplace_back();
    for (const auto& truth : entry.at("truths")) {
      image.truths.push_back(there(truth.at("object"), box_of(truth), truth.at("ignore")));
    }
    for (const auto& detection : entry.at("detections")) {
      image.detections.push_back(
          found(detection.at("object"), box_of(detection), detection.at("score")));
    }
  }
  const auto check = [](const DetectionScores& scores, const nlohmann::json& expected) {
    CHECK(std::abs(scores.ap - expected.at("ap").get<double>()) < kSameNumbers);
    CHECK(std::abs(scores.ap50 - expected.at("ap50").get<double>()) < kSameNumbers);
    CHECK(std::abs(scores.ap75 - expected.at("ap75").get<double>()) < kSameNumbers);
    CHECK(std::abs(scores.ar - expected.at("ar").get<double>()) < kSameNumbers);
  };
  for (const IouKind kind : {IouKind::kMask, IouKind::kBox}) {
    const DetectionReport report = score(images, {kind, 100});
    check(report.all, golden.at("expected").at("all"));
    for (const auto& [object, expected] : golden.at("expected").at("objects").items()) {
      check(report.by_object.at(std::stoi(object)), expected);
    }
  }
}

}  // namespace
}  // namespace sam6d
