#include "fastsam_golden.hpp"

#include <cmath>
#include <string>

#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "neural/fastsam_boxes.hpp"
#include "neural/fastsam_masks.hpp"

namespace sam6d::test {
namespace {

constexpr int kWidth = 250;
constexpr int kHeight = 196;
constexpr int kSide = 320;
constexpr double kProbabilityTolerance = 1e-5;
// A pixel whose probability lies within rounding of one half may fall to either side.
constexpr std::int64_t kAreaTolerancePx = 1;
constexpr double kMaskSumTolerancePx = 1.5;  // such a pixel, and sums of 49,000 fractions
constexpr int kMaskTolerance = 1;            // of 255

void check_boxes(const Golden& golden, const std::string& name, double overlap, int most) {
  CAPTURE(name);
  const FastSamBoxes boxes =
      kept_fastsam_boxes(golden["post.pred_f16"][0].to(at::kFloat), 0.25F, overlap, most);
  const at::Tensor& expected = golden[name + ".nms_boxes"];
  const at::Tensor& scores = golden[name + ".nms_conf"];
  REQUIRE(static_cast<std::int64_t>(boxes.scores.size()) == expected.size(0));
  for (std::size_t i = 0; i < boxes.scores.size(); ++i) {
    const auto row = static_cast<std::int64_t>(i);
    CHECK(boxes.scores[i] == scores[row].item<float>());
    for (int k = 0; k < 4; ++k) {
      CHECK(boxes.boxes_px[i][static_cast<std::size_t>(k)] == expected[row][k].item<float>());
    }
  }
}

at::Tensor whole_picture(const Proposal& proposal) {
  at::Tensor picture = at::zeros({kHeight, kWidth}, at::kFloat);
  const Box& extent = proposal.extent_px;
  for (int y = extent.y0; y < extent.y1; ++y) {
    for (int x = extent.x0; x < extent.x1; ++x) {
      picture.data_ptr<float>()[y * kWidth + x] = proposal.weights(x - extent.x0, y - extent.y0);
    }
  }
  return picture;
}

void check_picture(const Proposal& proposal, const at::Tensor& expected_u8) {
  const at::Tensor found = whole_picture(proposal).mul(255).round();
  CHECK(found.sub(expected_u8.to(at::kFloat)).abs().max().item<float>() <= kMaskTolerance);
}

}  // namespace

void check_fastsam_post(const Golden& golden) {
  check_boxes(golden, "post", 0.9, 200);
  check_boxes(golden, "post_max20", 0.9, 20);
  check_boxes(golden, "post_iou50", 0.5, 200);

  const FastSamBoxes boxes =
      kept_fastsam_boxes(golden["post.pred_f16"][0].to(at::kFloat), 0.25F, 0.9, 200);
  const at::Tensor proto = golden["post.proto_f16"][0].to(at::kFloat);
  const FastSamMaskInput input = {boxes, proto, letterbox_of(kWidth, kHeight, kSide), kWidth,
                                  kHeight};
  REQUIRE(input.letterbox.width == 320);
  REQUIRE(input.letterbox.height == 256);
  CHECK(largest_difference(fastsam_mask_probabilities(boxes.coefficients.slice(0, 0, 4), proto)
                               .slice(1, 0, {}, 2)
                               .slice(2, 0, {}, 2),
                           golden["post.sigmoid_sub"]) < kProbabilityTolerance);

  const at::Tensor masks = letterboxed_fastsam_masks(input, 0, 200);
  const at::Tensor areas = masks.sum({1, 2}).to(at::kLong);
  CHECK(areas.sub(golden["post.mask_area_letterboxed"]).abs().max().item<std::int64_t>() <=
        kAreaTolerancePx);
  const at::Tensor& some = golden["post.masks_letterboxed_u8"];
  for (std::int64_t i = 0; i < some.size(0); ++i) {
    const at::Tensor difference = masks[25 * i].sub(some[i].to(at::kFloat)).abs();
    CHECK(difference.sum().item<float>() <= static_cast<float>(kAreaTolerancePx));
  }

  const std::vector<Proposal> proposals = reference_fastsam_proposals(input);
  REQUIRE(proposals.size() == 200);
  for (std::size_t i = 0; i < proposals.size(); ++i) {
    CAPTURE(i);
    const auto row = static_cast<std::int64_t>(i);
    const at::Tensor box = golden["post.final_boxes_long"][row];
    const Box& found = proposals[i].box_px;
    CHECK(found ==
          Box{box[0].item<int>(), box[1].item<int>(), box[2].item<int>(), box[3].item<int>()});
    CHECK(proposals[i].score == boxes.scores[i]);
    CHECK(std::abs(whole_picture(proposals[i]).sum(at::kDouble).item<double>() -
                   golden["post.final_mask_sum"][row].item<double>()) < kMaskSumTolerancePx);
  }
  const at::Tensor& pictures = golden["post.final_masks_u8"];
  for (std::int64_t i = 0; i < pictures.size(0); ++i) {
    check_picture(proposals[static_cast<std::size_t>(25 * i)], pictures[i]);
  }
}

}  // namespace sam6d::test
