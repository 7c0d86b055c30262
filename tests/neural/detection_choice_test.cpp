#include "neural/detection_choice.hpp"

#include <string>
#include <vector>

#include <ATen/ops/sum.h>
#include <doctest/doctest.h>

#include "support/golden.hpp"

namespace sam6d::test {
namespace {

/// What the reference was given (tests/data/ism/README.md).
struct Candidates {
  Golden golden{std::string(SAM6D_TEST_DATA) + "/ism/detections.safetensors"};
  std::vector<ScoredBox> boxes;

  Candidates() {
    const auto* b = golden["boxes"].data_ptr<std::int64_t>();
    for (std::int64_t i = 0; i < golden["boxes"].size(0); ++i, b += 4) {
      boxes.push_back({{static_cast<int>(b[0]), static_cast<int>(b[1]), static_cast<int>(b[2]),
                        static_cast<int>(b[3])},
                       static_cast<int>(golden["object_ids"].data_ptr<std::int64_t>()[i]),
                       golden["scores"].data_ptr<float>()[i]});
    }
  }
  [[nodiscard]] std::vector<int> expected(const std::string& name) const {
    const auto* const values = golden[name].data_ptr<std::int64_t>();
    return {values, values + golden[name].numel()};
  }
  /// Those that are large enough.
  [[nodiscard]] std::vector<int> large() const {
    const at::Tensor& masks = golden["masks_x2_u8"];
    std::vector<int> kept;
    for (std::size_t i = 0; i < boxes.size(); ++i) {
      const double sum =
          masks[static_cast<std::int64_t>(i)].to(at::kDouble).sum().item<double>() / 2;
      if (is_large_enough(boxes[i].box_px, sum, masks.size(1) * masks.size(2))) {
        kept.push_back(static_cast<int>(i));
      }
    }
    return kept;
  }
};

TEST_CASE("proposals that are too small are the reference's") {
  const Candidates candidates;
  CHECK(candidates.large() == candidates.expected("kept_after_size"));
}

TEST_CASE("of overlapping detections those stay that stay in the reference") {
  const Candidates candidates;
  std::vector<ScoredBox> of_one_object = candidates.boxes;
  for (ScoredBox& box : of_one_object) box.object = 0;
  for (const auto& [name, iou] : {std::pair{std::string("0.25"), 0.25F}, {"0.5", 0.5F}}) {
    CAPTURE(name);
    CHECK(suppressed_per_object(candidates.boxes, iou) ==
          candidates.expected("kept_after_nms_per_object_" + name));
    CHECK(suppressed_per_object(of_one_object, iou) ==
          candidates.expected("kept_after_nms_" + name));
  }
}

TEST_CASE("nothing is suppressed among none and one, and at an overlap of 1") {
  CHECK(suppressed_per_object({}, 0.5F).empty());
  const std::vector<ScoredBox> twice(2, {{0, 0, 5, 5}, 3, 0.5F});
  CHECK(suppressed_per_object({twice.data(), 1}, 0.5F) == std::vector<int>{0});
  CHECK(suppressed_per_object(twice, 0.5F) == std::vector<int>{0});
  CHECK(suppressed_per_object(twice, 1.0F) == std::vector<int>{0, 1});
}

TEST_CASE("a proposal without a pixel of weight is no detection, but for reference quirks") {
  const Box box{2, 3, 6, 9};
  const std::vector<Proposal> proposals = {{box, box, Image<float>(4, 6, 0.4F), 1},
                                           {box, box, Image<float>(4, 6, 0.5F), 1},
                                           {{}, {}, {}, 1}};
  std::vector<ProposalScore> scores(3);
  for (int i = 0; i < 3; ++i) scores[static_cast<std::size_t>(i)].match.proposal = i;
  const std::vector<ObjectId> ids{5};
  const auto found = choose_detections(proposals, scores, ids, {});
  REQUIRE(found.size() == 1);
  CHECK(found[0].object == 5);
  CHECK(found[0].box_px == box);
  ChoiceSettings quirks;
  quirks.reference_quirks = true;
  CHECK(choose_detections(proposals, scores, ids, quirks).size() == 3);
}

}  // namespace
}  // namespace sam6d::test
