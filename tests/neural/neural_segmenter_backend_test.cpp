#include "neural/neural_segmenter_backend.hpp"

#include <algorithm>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "object/object_data.hpp"
#include "support/errors.hpp"
#include "support/log_capture.hpp"
#include "support/tiny_dinov2.hpp"
#include "tiny_network.hpp"

namespace sam6d::test {
namespace {

Proposal to_proposal(const Mask& mask, float score = 1) {
  const Mask own = mask.cropped();
  Proposal proposal{own.box(), own.box(), Image<float>(own.box().width(), own.box().height()),
                    score};
  for (std::size_t i = 0; i < own.pixels().size(); ++i) {
    proposal.weights.data()[i] = own.pixels()[i] != 0 ? 1.0F : 0.0F;
  }
  return proposal;
}

std::ptrdiff_t count(const LogCapture& log, const std::string& text) {
  return std::ranges::count_if(log.messages(), [&](const std::string& message) {
    return message.find(text) != std::string::npos;
  });
}

/// A segmenter whose proposals are given, with a small descriptor network that was never trained.
std::shared_ptr<const Segmenter::Backend> segmenter(std::vector<Proposal> proposals,
                                                    NeuralSegmenterOptions options = {},
                                                    int points_per_side = 0,
                                                    nets::Dinov2 network = tiny_dinov2()) {
  ProposalSource source;
  source.points_per_side = points_per_side;
  source.propose = [proposals = std::move(proposals), points_per_side](
                       const Frame& frame, const PromptFilter& worth, const ProgressFn&,
                       SegmentReport& report) {
    for (int i = 0; i < points_per_side * points_per_side; ++i) {
      const double x = (i % points_per_side + 0.5) * frame.camera.width / points_per_side;
      const double y = (i / points_per_side + 0.5) * frame.camera.height / points_per_side;
      ++(!worth || worth(x, y) ? report.prompts : report.prompts_skipped);
    }
    return proposals;
  };
  options.template_views = 6;
  return make_neural_segmenter(options, std::move(source), std::move(network), {});
}

NeuralSegmenterOptions lenient() {
  NeuralSegmenterOptions options;
  options.semantic_threshold = -1;  // nothing was trained: nothing needs to resemble anything
  options.min_score = 0;
  return options;
}

struct Boxes {
  BoxPicture picture;
  std::vector<ObjectModel> objects{box_object(4, {0.10F, 0.06F, 0.03F}),
                                   box_object(9, {0.08F, 0.08F, 0.08F})};
  [[nodiscard]] Proposal proposal(int instance) const {
    return to_proposal(picture.detection(instance, 0).mask);
  }
};

TEST_CASE("proposals become detections with mask, box and score, best first") {
  const Boxes boxes;
  SegmentReport report;
  const auto found = segmenter({boxes.proposal(0), boxes.proposal(1)}, lenient())
                         ->segment(boxes.picture.frame(), boxes.objects, {}, &report);
  REQUIRE(found.size() == 2);
  CHECK(found[0].score >= found[1].score);
  for (const Detection& one : found) {
    CHECK((one.object == 4 || one.object == 9));
    CHECK(one.score > 0);
    CHECK(one.score <= 1);
    const Mask first = boxes.picture.detection(0, 0).mask.cropped();
    const Mask second = boxes.picture.detection(1, 0).mask.cropped();
    CHECK((one.mask == first || one.mask == second));
    CHECK(one.box_px == one.mask.box());
  }
  CHECK(report.proposals == 2);
  CHECK(report.proposals_described == 2);
  CHECK(report.seconds.size() == 6);
}

TEST_CASE("what is no object, empty, or there already is not described") {
  const Boxes boxes;
  Proposal twin = boxes.proposal(0);
  twin.score = 0.5F;
  Mask everything({0, 0, 160, 120});
  for (int y = 0; y < 120; ++y) {
    for (int x = 0; x < 160; ++x) everything.set(x, y);
  }
  Proposal off = boxes.proposal(1);
  std::fill_n(off.weights.data(), off.weights.size(), 0.0F);
  // The boxes are before nothing: the depth of the whole picture is that of a wall.
  Image<float> wall(160, 120, 0.5F);
  Frame frame = boxes.picture.frame();
  frame.depth_m = wall.view();
  SegmentReport report;
  const auto backend =
      segmenter({boxes.proposal(0), twin, to_proposal(everything), off, Proposal{}}, lenient());
  const auto found = backend->segment(frame, boxes.objects, {}, &report);
  CHECK(found.size() == 1);
  CHECK(report.proposals == 5);
  CHECK(report.proposals_skipped == 3);
  CHECK(report.proposals_merged == 1);
  CHECK(report.proposals_described == 1);

  NeuralSegmenterOptions all = lenient();
  all.size_gating = false;
  all.merge_iou = 1;
  all.nms_threshold = 1;
  (void)segmenter({boxes.proposal(0), twin, to_proposal(everything), off, Proposal{}}, all)
      ->segment(frame, boxes.objects, {}, &report);
  CHECK(report.proposals_skipped == 1);  // the one without pixels to look at
  CHECK(report.proposals_merged == 0);
  CHECK(report.proposals_described == 4);
}

TEST_CASE("no proposal and one give no and one detection") {
  const Boxes boxes;
  for (const bool quirks : {false, true}) {
    CAPTURE(quirks);
    NeuralSegmenterOptions options = lenient();
    options.reference_quirks = quirks;
    CHECK(
        segmenter({}, options)->segment(boxes.picture.frame(), boxes.objects, {}, nullptr).empty());
    CHECK(segmenter({boxes.proposal(1)}, options)
              ->segment(boxes.picture.frame(), boxes.objects, {}, nullptr)
              .size() == 1);
  }
}

TEST_CASE("with reference quirks all that look like an object come in the proposals' order") {
  const Boxes boxes;
  NeuralSegmenterOptions options = lenient();
  options.reference_quirks = true;
  options.min_score = 0.99F;
  std::vector<Proposal> proposals{boxes.proposal(1), boxes.proposal(0), boxes.proposal(1)};
  for (Proposal& one : proposals) {
    one.weights(0, 0) = 0.25F;  // a pixel of a soft edge
    --one.box_px.x1;            // as the reference stores it
    --one.box_px.y1;
  }
  const auto found =
      segmenter(proposals, options)->segment(boxes.picture.frame(), boxes.objects, {}, nullptr);
  REQUIRE(found.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(found[i].box_px == proposals[i].box_px);
    CHECK(found[i].mask.at(proposals[i].extent_px.x0, proposals[i].extent_px.y0));
  }
  CHECK(found[0].score == found[2].score);
}

TEST_CASE("prepared objects give the same as others, which are computed once and logged once") {
  const Boxes boxes;
  const auto backend = segmenter({boxes.proposal(0), boxes.proposal(1)}, lenient());
  std::vector<ObjectModel> prepared;
  for (const ObjectModel& object : boxes.objects) prepared.push_back(backend->prepare(object, {}));
  CHECK(prepared[0].data().descriptors.size() == 1);
  const LogCapture log(LogLevel::kInfo);
  const auto now = backend->segment(boxes.picture.frame(), boxes.objects, {}, nullptr);
  const auto again = backend->segment(boxes.picture.frame(), boxes.objects, {}, nullptr);
  const auto kept = backend->segment(boxes.picture.frame(), prepared, {}, nullptr);
  CHECK(count(log, "Segmenter::prepare()") == 1);
  REQUIRE(now.size() == kept.size());
  for (std::size_t i = 0; i < now.size(); ++i) {
    CHECK(now[i].score == kept[i].score);
    CHECK(now[i].object == kept[i].object);
    CHECK(again[i].score == now[i].score);
  }
}

TEST_CASE("an object without views does not lose the others; none with views is an error") {
  const Boxes boxes;
  const auto backend = segmenter({boxes.proposal(0)}, lenient());
  std::vector<ObjectModel> objects{box_object(1, {0.1F, 0.1F, 0.1F}, false), boxes.objects[1]};
  const auto found = backend->segment(boxes.picture.frame(), objects, {}, nullptr);
  REQUIRE(found.size() == 1);
  CHECK(found[0].object == 9);
  objects.pop_back();
  check_error([&] { (void)backend->segment(boxes.picture.frame(), objects, {}, nullptr); },
              ErrorCode::kInvalidArgument, "template views");
}

TEST_CASE("a region of interest is a picture of its own, and results are the whole picture's") {
  const Boxes boxes;
  Frame frame = boxes.picture.frame();
  const Mask mask = boxes.picture.detection(1, 0).mask.cropped();
  const Roi roi{mask.box().x0 - 3, mask.box().y0 - 4, 160, 120};
  frame.roi = roi;
  Proposal part = to_proposal(mask);
  for (Box* const box : {&part.box_px, &part.extent_px}) {
    *box = {box->x0 - roi.x0, box->y0 - roi.y0, box->x1 - roi.x0, box->y1 - roi.y0};
  }
  const auto found = segmenter({part}, lenient())->segment(frame, boxes.objects, {}, nullptr);
  const auto whole = segmenter({to_proposal(mask)}, lenient())
                         ->segment(boxes.picture.frame(), boxes.objects, {}, nullptr);
  REQUIRE(found.size() == 1);
  CHECK(found[0].mask == mask);
  CHECK(found[0].box_px == mask.box());
  CHECK(found[0].score == doctest::Approx(whole.at(0).score).epsilon(1e-5));
}

TEST_CASE("prompts without depth are skipped and counted, unless gating is off") {
  const Boxes boxes;
  SegmentReport report;
  (void)segmenter({}, lenient(), 16)->segment(boxes.picture.frame(), boxes.objects, {}, &report);
  CHECK(report.prompts + report.prompts_skipped == 256);
  CHECK(report.prompts >= 20);
  CHECK(report.prompts_skipped >= 100);  // the boxes are before nothing
  NeuralSegmenterOptions all = lenient();
  all.prompt_gating = false;
  (void)segmenter({}, all, 16)->segment(boxes.picture.frame(), boxes.objects, {}, &report);
  CHECK(report.prompts == 256);
}

TEST_CASE("a network that gives no numbers gives no detections, and says so") {
  const Boxes boxes;
  // It describes the templates well, and breaks afterwards.
  const auto whole = segmenter({boxes.proposal(0)}, lenient());
  std::vector<ObjectModel> prepared;
  for (const ObjectModel& object : boxes.objects) prepared.push_back(whole->prepare(object, {}));
  nets::Dinov2 broken = tiny_dinov2();
  broken.norm.bias = broken.norm.bias.mul(std::numeric_limits<float>::quiet_NaN());
  const LogCapture log(LogLevel::kInfo);
  NeuralSegmenterOptions options = lenient();
  options.semantic_threshold = 0;
  const auto backend = segmenter({boxes.proposal(0)}, options, 0, broken);
  CHECK(backend->segment(boxes.picture.frame(), prepared, {}, nullptr).empty());
  CHECK(count(log, "not finite") == 1);
}

TEST_CASE("thousands of proposals of any place and size just work") {
  const Boxes boxes;
  Random random(1);
  std::vector<Proposal> proposals;
  for (int i = 0; i < 3000; ++i) {
    const int x0 = static_cast<int>(random.below(159));
    const int y0 = static_cast<int>(random.below(119));
    const Box box{x0, y0,
                  x0 + 1 + static_cast<int>(random.below(160U - 1U - static_cast<unsigned>(x0))),
                  y0 + 1 + static_cast<int>(random.below(120U - 1U - static_cast<unsigned>(y0)))};
    proposals.push_back({box, box, Image<float>(box.width(), box.height(), 1.0F),
                         static_cast<float>(random.uniform())});
  }
  NeuralSegmenterOptions options = lenient();
  options.max_instances_per_object = 3;
  SegmentReport report;
  const Image<float> wall(160, 120, 0.5F);
  Frame frame = boxes.picture.frame();
  frame.depth_m = wall.view();
  const auto found = segmenter(proposals, options)->segment(frame, boxes.objects, {}, &report);
  CHECK(found.size() <= 6);
  CHECK(report.proposals == 3000);
  CHECK(report.proposals_described + report.proposals_merged + report.proposals_skipped == 3000);
  CHECK(report.proposals_described < 2500);
}

TEST_CASE("pictures of odd sizes are segmented") {
  const Boxes boxes;
  for (const auto& [width, height] : {std::pair{1, 1}, {3, 2}, {1, 90}, {161, 7}}) {
    CAPTURE(width);
    CAPTURE(height);
    const Image<float> depth_m(width, height, 0.5F);
    const Image<Rgb8> rgb(width, height);
    const Frame frame{
        rgb.view(), depth_m.view(), CameraIntrinsics{200, 200, 0, 0, width, height}, {}};
    const Box box{0, 0, width, height};
    const Proposal all{box, box, Image<float>(width, height, 1.0F), 1};
    CHECK(segmenter({all}, lenient())->segment(frame, boxes.objects, {}, nullptr).size() <= 1);
  }
}

TEST_CASE("a caller may cancel while crops are described") {
  const Boxes boxes;
  const auto cancel = [](const Progress&) { return false; };
  check_error(
      [&] {
        (void)segmenter({boxes.proposal(0)}, lenient())
            ->segment(boxes.picture.frame(), boxes.objects, cancel, nullptr);
      },
      ErrorCode::kCancelled, "");
}

}  // namespace
}  // namespace sam6d::test
