#include "neural/fastsam_masks.hpp"

#include <filesystem>
#include <limits>

#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "fastsam_golden.hpp"
#include "nets/fastsam.hpp"

namespace sam6d::test {
namespace {

constexpr float kLogit = 8;
// A picture of 64 x 40 between borders of 12 rows: three rows of cells above, three below.
constexpr int kWidth = 64;
constexpr int kHeight = 40;
constexpr int kSide = 64;

/// One box with the first prototype as its mask.
struct OneMask {
  FastSamBoxes boxes;
  at::Tensor proto = at::full({nets::kFastSamMasks, kSide / 4, kSide / 4}, -kLogit, at::kFloat);

  explicit OneMask(const BoxCorners& corners, float coefficient = 1) {
    boxes.boxes_px = {corners};
    boxes.scores = {0.5F};
    boxes.coefficients = at::zeros({1, nets::kFastSamMasks}, at::kFloat);
    boxes.coefficients.data_ptr<float>()[0] = coefficient;
  }
  OneMask& on(int top, int bottom, int left, int right) {
    proto[0].slice(0, top, bottom).slice(1, left, right).fill_(kLogit);
    return *this;
  }
  [[nodiscard]] FastSamMaskInput input() const {
    return {boxes, proto, letterbox_of(kWidth, kHeight, kSide), kWidth, kHeight};
  }
};

constexpr BoxCorners kWholeLetterbox = {0, 0, kSide, kSide};

TEST_CASE("masks and boxes with reference quirks are the reference's") {
  check_fastsam_post(
      Golden(std::filesystem::path(SAM6D_TEST_DATA) / "ism" / "fastsam_post.safetensors"));
}

TEST_CASE("a mask has no part of the letterbox's borders") {
  OneMask mask(kWholeLetterbox);
  mask.on(3, 13, 0, 16);  // the picture, and not the borders
  const std::vector<Proposal> found = fastsam_proposals(mask.input());
  REQUIRE(found.size() == 1);
  CHECK(found[0].box_px == Box{0, 0, kWidth, kHeight});
  CHECK(found[0].extent_px == found[0].box_px);
  CHECK(found[0].score == 0.5F);
  bool all = true;
  for (std::size_t i = 0; i < found[0].weights.size(); ++i) {
    all = all && found[0].weights.data()[i] == 1.0F;
  }
  CHECK(all);

  // The reference stretches the borders with it: 64 rows become 40.
  const std::vector<Proposal> stretched = reference_fastsam_proposals(mask.input());
  REQUIRE(stretched.size() == 1);
  CHECK(stretched[0].box_px == Box{0, 0, kWidth, kHeight});
  CHECK(stretched[0].extent_px.y0 > 5);
  CHECK(stretched[0].extent_px.y1 < 35);
}

TEST_CASE("a mask ends at the pixels whose centres are in the network's box") {
  OneMask mask({10.4F, 22, 30.6F, 32});  // rows 10 to 20 of the picture
  mask.on(0, 16, 0, 16);
  const std::vector<Proposal> found = fastsam_proposals(mask.input());
  REQUIRE(found.size() == 1);
  CHECK(found[0].box_px == Box{10, 10, 31, 20});
  CHECK(found[0].weights.width() == 21);
  CHECK(found[0].weights.height() == 10);
}

TEST_CASE("the box is that of the mask's pixels") {
  OneMask mask(kWholeLetterbox);
  mask.on(5, 9, 4, 8);  // rows 20 to 36 of the letterbox, 8 to 24 of the picture; columns 16 to 32
  const std::vector<Proposal> found = fastsam_proposals(mask.input());
  REQUIRE(found.size() == 1);
  CHECK(found[0].box_px == Box{16, 8, 32, 24});
}

TEST_CASE("masks without pixels are left out") {
  const float nan = std::numeric_limits<float>::quiet_NaN();
  const float far = 1e30F;
  CHECK(fastsam_proposals(OneMask(kWholeLetterbox).input()).empty());
  CHECK(fastsam_proposals(OneMask(kWholeLetterbox, nan).on(0, 16, 0, 16).input()).empty());
  for (const BoxCorners& outside :
       {BoxCorners{0, 0, 64, 11}, {70, 20, 90, 30}, {-far, -far, -5, far}, {20, 20, 20, 30}}) {
    CHECK(fastsam_proposals(OneMask(outside).on(0, 16, 0, 16).input()).empty());
  }
  CHECK(fastsam_proposals(OneMask({-far, -far, far, far}).on(0, 16, 0, 16).input()).size() == 1);
  OneMask none(kWholeLetterbox);
  none.boxes = {{}, {}, at::zeros({0, nets::kFastSamMasks}, at::kFloat)};
  CHECK(fastsam_proposals(none.input()).empty());
  CHECK(reference_fastsam_proposals(none.input()).empty());
  // The reference keeps them.
  const std::vector<Proposal> kept = reference_fastsam_proposals(OneMask({70, 20, 90, 30}).input());
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].weights.empty());
}

}  // namespace
}  // namespace sam6d::test
