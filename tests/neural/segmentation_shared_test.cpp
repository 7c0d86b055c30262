#include <cmath>
#include <map>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>
#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>

#include "io/json_cursor.hpp"
#include "neural/descriptors.hpp"
#include "neural/detection_choice.hpp"
#include "neural/geometric_scores.hpp"
#include "neural/proposal_scores.hpp"
#include "sam6d/detection_io.hpp"
#include "sam6d/frame_io.hpp"
#include "sam6d/rle.hpp"
#include "scoring_golden.hpp"
#include "support/shared_data.hpp"
#include "support/tiny_dinov2.hpp"

namespace sam6d::test {
namespace {

constexpr float kScore = 5e-5F;  // tokens' own tolerance, through all of the scores
constexpr double kToken = 5e-5;

Box box_of(const at::Tensor& boxes, std::int64_t i) {
  const auto* const box = boxes.data_ptr<std::int64_t>() + 4 * i;
  return {static_cast<int>(box[0]), static_cast<int>(box[1]), static_cast<int>(box[2]),
          static_cast<int>(box[3])};
}

/// The reference's second half on its example picture: proposals and objects are given.
struct Example {
  Golden pipeline;
  Golden scoring;
  FrameData frame;
  std::vector<Proposal> proposals;
  std::vector<ViewedObject> objects;

  explicit Example(const std::filesystem::path& folder)
      : pipeline(folder / "pipeline_tiny.safetensors"),
        scoring(folder / "scoring.safetensors"),
        frame(load_frame(folder / "rgb.png", folder / "depth.png", folder / "camera.json")) {
    const cv::Mat masks = cv::imread((folder / "crop_masks.png").string(), cv::IMREAD_GRAYSCALE);
    const int width = frame.camera.width;
    const int height = frame.camera.height;
    for (const int number : {0, 1, 2, 3, 4, 5, 6, 8}) {
      Proposal proposal;
      proposal.box_px = box_of(pipeline["boxes"], static_cast<std::int64_t>(proposals.size()));
      proposal.extent_px = {0, 0, width, height};
      proposal.weights = Image<float>(width, height);
      for (int y = 0; y < height; ++y) {
        for (int x = 0; x < width; ++x) {
          proposal.weights(x, y) =
              static_cast<float>(masks.at<std::uint8_t>(number * height + y, x)) / 255;
        }
      }
      proposals.push_back(std::move(proposal));
    }
    const at::Tensor patches = pipeline["ref_appe_f16"].to(at::kFloat);
    for (std::int64_t i = 0; i < 2; ++i) {
      ViewedObject object;
      object.views = {pipeline["ref_descriptors"][i], patches[i]};
      for (std::int64_t view = 0; view < patches.size(1); ++view) {
        Eigen::Matrix3d& rotation = object.rotations.emplace_back();
        for (int k = 0; k < 9; ++k) {
          rotation(k / 3, k % 3) = scoring["geo.poses"][view][k / 3][k % 3].item<double>();
        }
      }
      const at::Tensor points = scoring["geo.pointcloud"][i].contiguous();
      for (std::int64_t k = 0; k < points.size(0); ++k) {
        object.points_m.emplace_back(points.data_ptr<float>() + 3 * k);
      }
      objects.push_back(std::move(object));
    }
  }

  [[nodiscard]] std::vector<ProposalScore> scores() const {
    ScoreSettings settings;
    settings.reference_quirks = true;
    const std::vector<const ViewedObject*> wanted{&objects[0], &objects[1]};
    std::vector<ProposalScore> scores =
        score_looks(describe(tiny_dinov2(), frame.rgb.view(), proposals), 0, wanted, settings);
    score_places(frame.view(), proposals, wanted, settings, scores);
    return scores;
  }
};

/// Detections of one picture, against the entries of a file of the reference's.
void check_list(const std::vector<Detection>& detections, const nlohmann::json& expected) {
  REQUIRE(detections.size() == expected.size());
  for (std::size_t i = 0; i < detections.size(); ++i) {
    CAPTURE(i);
    const nlohmann::json& entry = expected[i];
    const Detection& detection = detections[i];
    const Box& box = detection.box_px;
    CHECK(detection.object == entry["category_id"]);
    CHECK(std::abs(detection.score - entry["score"].get<float>()) <= kScore);
    CHECK(nlohmann::json({box.x0, box.y0, box.x1 - box.x0, box.y1 - box.y0}) == entry["bbox"]);
    const nlohmann::json& rle = entry["segmentation"];
    CHECK(nlohmann::json(encode_rle(detection.mask, rle["size"][1], rle["size"][0]).counts) ==
          rle["counts"]);
  }
}

TEST_CASE("the second half of the reference's segmentation is the reference's, to the file") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Example example(*folder);
  const Golden& golden = example.pipeline;
  const std::vector<ProposalScore> scores = example.scores();
  const auto selected = to_rows(golden["selected"]);
  REQUIRE(scores.size() == selected.size());
  for (std::size_t i = 0; i < scores.size(); ++i) {
    CAPTURE(i);
    const auto row = static_cast<std::int64_t>(i);
    const auto near = [&](float value, const char* name) {
      return std::abs(value - golden[name].data_ptr<float>()[row]) <= kScore;
    };
    CHECK(scores[i].match.proposal == selected[i]);
    CHECK(scores[i].match.object == golden["object"][row].item<int>());
    CHECK(scores[i].match.view == golden["template"][row].item<int>());
    CHECK(near(scores[i].match.score, "semantic"));
    CHECK(near(scores[i].appearance.appearance, "appearance"));
    CHECK(near(scores[i].appearance.visible, "visible"));
    CHECK(near(scores[i].geometric.value_or(-1), "geometric"));
    CHECK(near(scores[i].score, "final"));
  }

  const nlohmann::json lists = load_json(*folder / "pipeline_tiny_detections.json");
  const std::vector<ObjectId> ids{1, 2};
  ChoiceSettings settings;
  settings.reference_quirks = true;
  check_list(choose_detections(example.proposals, scores, ids, settings), lists["no_nms"]);
  settings.nms_iou = 0.25F;
  check_list(choose_detections(example.proposals, scores, ids, settings), lists["nms_0.25"]);
}

TEST_CASE("what the scores are made of is the reference's") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Example example(*folder);
  const Golden& golden = example.pipeline;
  const Descriptors found = describe(tiny_dinov2(), example.frame.rgb.view(), example.proposals);
  CHECK(largest_difference(found.cls, golden["query_descriptors"]) <= kToken);
  CHECK(largest_difference(found.patches.slice(1, 0, kCropPatches, 16),
                           golden["query_masked_patch_sub"]) <= kToken);
  const auto selected = to_rows(golden["selected"]);
  for (std::size_t i = 0; i < selected.size(); ++i) {
    CAPTURE(i);
    const auto row = static_cast<std::int64_t>(i);
    const auto& proposal = example.proposals[static_cast<std::size_t>(selected[i])];
    const auto mean = mean_point_m(proposal, example.frame.view(), true);
    REQUIRE(mean);
    for (int k = 0; k < 3; ++k) {
      CHECK(std::abs((*mean)[k] - golden["translation"][row][k].item<double>()) <= kScoreTolerance);
    }
    const ViewedObject& object =
        example.objects[static_cast<std::size_t>(golden["object"][row].item<std::int64_t>())];
    const auto view = static_cast<std::size_t>(golden["template"][row].item<std::int64_t>());
    CHECK(projected_box(object.points_m, object.rotations[view], *mean, example.frame.camera,
                        true) == box_of(golden["projected_xyxy"].to(at::kLong), row));
  }
}

/// The proposals that the reference saved, and their scores. objects: by number of the object.
struct Saved {
  std::vector<Proposal> proposals;
  std::vector<ProposalScore> scores;
  CameraIntrinsics camera;

  Saved(const Golden& golden, bool one_object) {
    const at::Tensor& masks = golden["masks_x2_u8"];
    camera.width = static_cast<int>(masks.size(2));
    camera.height = static_cast<int>(masks.size(1));
    for (const std::int64_t row : to_rows(golden["saved_rows"])) {
      Proposal proposal;
      proposal.box_px = box_of(golden["boxes"], row);
      proposal.extent_px = {0, 0, camera.width, camera.height};
      proposal.weights = Image<float>(camera.width, camera.height);
      const at::Tensor mask = masks[row].to(at::kFloat).div(2).contiguous();
      std::copy_n(mask.data_ptr<float>(), proposal.weights.size(), proposal.weights.data());
      ProposalScore score;
      score.match.proposal = static_cast<int>(proposals.size());
      score.match.object = one_object ? 0 : golden["object_ids"][row].item<int>();
      score.score = golden["scores"].data_ptr<float>()[row];
      scores.push_back(score);
      proposals.push_back(std::move(proposal));
    }
  }
  [[nodiscard]] std::vector<Detection> detections(const std::vector<ObjectId>& ids) const {
    ChoiceSettings settings;
    settings.reference_quirks = true;
    return choose_detections(proposals, scores, ids, settings);
  }
};

TEST_CASE("detections are saved as the reference saves them, also with the ids of data sets") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "detections.safetensors");
  const nlohmann::json examples = load_json(*folder / "detection_ism_examples.json");
  // The reference counts objects from 0 and looks LM-O's ids up; here objects have BOP's.
  const std::vector<std::int64_t> lmo = to_rows(golden["lmo_object_ids"]);
  const std::map<std::string, std::vector<ObjectId>> ids{
      {"Custom", {1}}, {"ycbv", {1, 2}}, {"lmo", {lmo.begin(), lmo.end()}}};
  REQUIRE(examples.size() == ids.size());
  for (const auto& example : examples.items()) {
    const std::string& name = example.key();
    const nlohmann::json& expected = example.value();
    CAPTURE(name);
    const bool one_object = name == "Custom";
    const Saved saved(golden, one_object);
    const std::vector<Detection> detections = saved.detections(ids.at(name));
    check_list(detections, expected);
    const auto entries = one_object ? detection_entries(detections, saved.camera)
                                    : detection_entries(detections, saved.camera, 1.25, 48, 36);
    REQUIRE(entries.size() == expected.size());
    for (std::size_t i = 0; i < entries.size(); ++i) {
      CAPTURE(i);
      nlohmann::json theirs = expected[i];
      nlohmann::json ours = nlohmann::json::parse(detection_json(entries[i]));
      // Both print a float32; here with as many digits as tell it from its neighbours.
      CHECK(ours["score"].get<float>() == theirs["score"].get<float>());
      ours.erase("score");
      theirs.erase("score");
      CHECK(ours == theirs);
    }
  }
  check_list(Saved(golden, true).detections({1}), load_json(*folder / "detection_ism_custom.json"));
}

}  // namespace
}  // namespace sam6d::test
