#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include <ATen/ops/empty.h>
#include <doctest/doctest.h>
#include <opencv2/imgcodecs.hpp>

#include "neural/descriptors.hpp"
#include "neural/proposal_crop.hpp"
#include "sam6d/image_io.hpp"
#include "support/golden.hpp"
#include "support/shared_data.hpp"
#include "support/tiny_dinov2.hpp"

namespace sam6d::test {
namespace {

constexpr double kCrop = 1e-6;
constexpr double kToken = 5e-5;

/// Columns and rows `x`, `y` of a picture of greys as weights.
Image<float> weights_of(const cv::Mat& picture, const Box& part) {
  Image<float> weights(part.width(), part.height());
  for (int y = 0; y < part.height(); ++y) {
    for (int x = 0; x < part.width(); ++x) {
      weights(x, y) = static_cast<float>(picture.at<std::uint8_t>(part.y0 + y, part.x0 + x)) / 255;
    }
  }
  return weights;
}

Box box_of(const at::Tensor& boxes, std::int64_t i) {
  const auto* const box = boxes.data_ptr<std::int64_t>() + 4 * i;
  return {static_cast<int>(box[0]), static_cast<int>(box[1]), static_cast<int>(box[2]),
          static_cast<int>(box[3])};
}

struct CropTensor {
  at::Tensor rgb = at::empty({3, kCropSide, kCropSide}, at::kFloat);
  at::Tensor weights = at::empty({kCropSide, kCropSide}, at::kFloat);

  [[nodiscard]] CropPixels pixels() const {
    return {{rgb.data_ptr<float>(), std::size_t{3} * kCropPixels},
            {weights.data_ptr<float>(), kCropPixels}};
  }
  /// Each `step`-th row and column.
  [[nodiscard]] at::Tensor some(std::int64_t row, std::int64_t column, std::int64_t step) const {
    return rgb.slice(1, row, kCropSide, step).slice(2, column, kCropSide, step);
  }
  [[nodiscard]] at::Tensor bytes() const { return weights.mul(255).round().to(at::kByte); }
};

std::int64_t shown(const std::array<int, kCropSide>& indices) {
  return std::ranges::count_if(indices, [](int i) { return i >= 0; });
}

TEST_CASE("proposals of a real picture become what the reference makes of them") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "crops.safetensors");
  const Image<Rgb8> picture = load_rgb(*folder / "rgb.png");
  const cv::Mat masks = cv::imread((*folder / "crop_masks.png").string(), cv::IMREAD_GRAYSCALE);
  const at::Tensor& boxes = golden["boxes"];
  std::vector<Proposal> proposals;
  for (std::int64_t i = 0; i < boxes.size(0); ++i) {
    CAPTURE(i);
    const int top = picture.height() * static_cast<int>(i);
    proposals.push_back({box_of(boxes, i),
                         {0, 0, picture.width(), picture.height()},
                         weights_of(masks, {0, top, picture.width(), top + picture.height()}),
                         1});
    // A square that came out as 223 was scaled once more.
    const CropIndices indices = crop_indices(proposals.back().box_px);
    const bool square = proposals.back().box_px.width() == proposals.back().box_px.height();
    const at::Tensor resized = golden["resized_hw"][i];
    CHECK(shown(indices.rows) == (square ? kCropSide : resized[0].item<std::int64_t>()));
    CHECK(shown(indices.columns) == (square ? kCropSide : resized[1].item<std::int64_t>()));
    const CropTensor crop;
    crop_proposal(picture.view(), proposals.back(), crop.pixels());
    CHECK(largest_difference(crop.some(3, 5, 8), golden["crop_rgb_sub"][i]) <= kCrop);
    CHECK(equal(crop.bytes(), golden["crop_mask_u8"][i]));
    if (i == 8) CHECK(largest_difference(crop.rgb, golden["crop_rgb_8_f32"]) <= kCrop);
    for (std::int64_t channel = 0; channel < 3; ++channel) {
      const double sum = crop.rgb[channel].to(at::kDouble).abs().sum().item<double>();
      CHECK(sum == doctest::Approx(golden["crop_rgb_abs_sum"][i][channel].item<double>()));
      const double total = crop.rgb[channel].to(at::kDouble).sum().item<double>();
      CHECK(std::abs(total - golden["crop_rgb_sum"][i][channel].item<double>()) <=
            kCrop * std::max(1.0, sum));
    }
  }
  const Descriptors found = describe(tiny_dinov2(), picture.view(), proposals);
  CHECK(largest_difference(found.cls, golden["tiny_cls"]) <= kToken);
  CHECK(largest_difference(found.patches.slice(1, 0, kCropPatches, 8),
                           golden["tiny_masked_patch_sub"]) <= kToken);
  CHECK(equal(found.patches.ne(0).any(2), golden["tiny_patch_valid"]));
}

TEST_CASE("template pictures become what the reference makes of them") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "templates.safetensors");
  const cv::Mat pictures = cv::imread((*folder / "templates.png").string());
  constexpr int kSide = 160;
  std::vector<TemplateView> views;
  for (int i = 0; i < 3; ++i) {
    CAPTURE(i);
    TemplateView view;
    view.rgb = Image<Rgb8>(kSide, kSide);
    view.mask = Image<std::uint8_t>(kSide, kSide);
    view.box_px = {0, 0, kSide, kSide};
    for (int y = 0; y < kSide; ++y) {
      for (int x = 0; x < kSide; ++x) {
        const auto bgr = pictures.at<cv::Vec3b>(i * kSide + y, x);
        view.rgb(x, y) = {bgr[2], bgr[1], bgr[0]};
        view.mask(x, y) = pictures.at<cv::Vec3b>(i * kSide + y, kSide + x)[0];
      }
    }
    const CropTensor crop;
    crop_template_view(view, true, crop.pixels());
    CHECK(largest_difference(crop.some(0, 0, 3), golden["template_sub"][i]) <= kCrop);
    CHECK(equal(crop.bytes(), golden["mask_u8"][i]));
    views.push_back(view);
  }
  const auto cut = [&](int i, const CropPixels& crop) {
    crop_template_view(views[static_cast<std::size_t>(i)], true, crop);
  };
  const Descriptors found = describe_crops(tiny_dinov2(), 3, cut, {}, "views", {});
  CHECK(largest_difference(found.cls, golden["tiny_cls"]) <= kToken);
  CHECK(largest_difference(found.patches.slice(1, 0, kCropPatches, 4),
                           golden["tiny_masked_patch_sub"]) <= kToken);
}

TEST_CASE("patches of noise under masks are those of the reference") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "dinov2_tiny.safetensors");
  const at::Tensor masks = golden["a.mask_f16"].to(at::kFloat).contiguous();
  const auto cut = [&](int i, const CropPixels& crop) {
    const at::Tensor image = golden["a.input"][i % 2].contiguous();
    std::copy_n(image.data_ptr<float>(), crop.rgb.size(), crop.rgb.data());
    const at::Tensor mask = masks[i];
    std::copy_n(mask.data_ptr<float>(), crop.weights.size(), crop.weights.data());
  };
  const Descriptors found = describe_crops(tiny_dinov2(), 4, cut, {}, "noise", {});
  CHECK(largest_difference(found.patches, golden["a.masked_patch"]) <= kToken);
  CHECK(equal(found.patches.ne(0).any(2), golden["a.patch_valid"]));
  for (std::int64_t i = 0; i < 4; ++i) {
    CHECK(largest_difference(found.cls[i], golden["a.cls"][i % 2]) <= kToken);
  }
}

}  // namespace
}  // namespace sam6d::test
