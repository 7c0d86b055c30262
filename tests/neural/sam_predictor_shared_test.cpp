#include <cmath>
#include <cstring>
#include <filesystem>
#include <string>
#include <vector>

#include <ATen/ops/ones.h>
#include <ATen/ops/tensor.h>
#include <doctest/doctest.h>

#include "neural/antialiased_resize.hpp"
#include "neural/sam_input.hpp"
#include "neural/sam_predictor.hpp"
#include "sam6d/image_io.hpp"
#include "support/golden.hpp"
#include "support/shared_data.hpp"
#include "support/tiny_sam.hpp"

namespace sam6d::test {
namespace {

/// As the goldens state them for float32.
constexpr double kLogits = 5e-5;
constexpr double kInput = 1e-6;

bool same_pixels(const Image<Rgb8>& picture, const at::Tensor& rgb_u8) {
  return static_cast<std::int64_t>(picture.size() * 3) == rgb_u8.numel() &&
         std::memcmp(picture.data(), rgb_u8.data_ptr(), picture.size() * 3) == 0;
}

/// The pixels of a box.
Image<Rgb8> part(const Image<Rgb8>& picture, const Box& box) {
  const ImageView<Rgb8> all = picture.view();
  return Image<Rgb8>(
      ImageView<Rgb8>{&all.at(box.x0, box.y0), box.width(), box.height(), all.row_stride_bytes});
}

void check_points(const Golden& golden, const nets::SamConfig& config, const Image<Rgb8>& picture) {
  const PictureSize fitted =
      longest_side_size({picture.width(), picture.height()}, static_cast<int>(config.image_size));
  CHECK(same_pixels(resize_antialiased(picture.view(), fitted.width, fitted.height),
                    golden["resized_u8"]));
  const nets::Sam sam(Weights::synthetic(Network::kSam), config);
  const SamView view = look_at(sam, picture.view());
  CHECK(largest_difference(view.image.embedding.contiguous(), golden["embedding"]) <= kLogits);
  const at::Tensor points = golden["points"].unsqueeze(1);
  const nets::SamPrompts prompts{points, at::ones({4, 1}, at::kLong), {}, {}};
  CHECK(largest_difference(
            to_network(view.frame, prompts).points.squeeze(1).to(at::kFloat).contiguous(),
            golden["points_in"].to(at::kFloat)) == 0);
  const SamPrediction found = predict(sam, view, prompts, true);
  const at::Tensor& logits = golden["p.low_res_all"];
  CHECK(largest_difference(found.quality.contiguous(),
                           golden["p.iou_all"].narrow(1, 1, 3).contiguous()) <= kLogits);
  CHECK(largest_difference(found.logits.narrow(0, 0, logits.size(0)).contiguous(),
                           logits.narrow(1, 1, 3).contiguous()) <= kLogits);
  const SamPrediction one = predict(sam, view, prompts, false);
  CHECK(largest_difference(one.quality.contiguous(),
                           golden["p.iou_all"].narrow(1, 0, 1).contiguous()) <= kLogits);

  const at::Tensor& expected = golden["p.full_res_sub"];
  double largest = 0;
  for (std::int64_t p = 0; p < 4; ++p) {
    for (std::int64_t m = 0; m < 3; ++m) {
      const Image<float> full = logits_in_picture(view.frame, found.logits[p][m]);
      std::int64_t unsure = 0;
      std::int64_t positive = 0;
      for (std::size_t i = 0; i < full.size(); ++i) {
        positive += full.data()[i] > 0 ? 1 : 0;
        unsure += std::abs(full.data()[i]) <= static_cast<float>(kLogits) ? 1 : 0;
      }
      CHECK(mask_in_picture(view.frame, found.logits[p][m]).area() == positive);
      CHECK(std::abs(positive - golden["p.full_res_positive_count"][p][m].item<std::int64_t>()) <=
            unsure);
      if (p >= expected.size(0)) continue;
      const at::Tensor some = expected[p][m].contiguous();
      for (std::int64_t y = 0; y < some.size(0); ++y) {
        for (std::int64_t x = 0; x < some.size(1); ++x) {
          largest = std::max(
              largest,
              std::abs(static_cast<double>(full(static_cast<int>(5 * x), static_cast<int>(5 * y)) -
                                           some.data_ptr<float>()[y * some.size(1) + x])));
        }
      }
    }
  }
  CHECK(largest <= kLogits);
}

TEST_CASE("predictions for points are the reference's, up to the picture's pixels") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Image<Rgb8> picture = load_rgb(*folder / "rgb.png");
  check_points(Golden(*folder / "sam_tiny_a.safetensors"), tiny_sam_a(), picture);
  check_points(Golden(*folder / "sam_tiny_b.safetensors"), tiny_sam_b(),
               part(picture, {200, 0, 500, picture.height()}));
}

TEST_CASE("pictures become the network's input as in the reference") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "sam_preprocess.safetensors");
  const Image<Rgb8> rgb = load_rgb(*folder / "rgb.png");
  const Image<Rgb8> tall = load_rgb(*folder / "ism_resize_in_407x733.png");
  const Image<Rgb8> small = load_rgb(*folder / "ism_resize_in_500x391.png");

  for (const char* name : {"hw_1280x720", "hw_1280x960", "hw_407x733", "hw_500x391", "hw_same"}) {
    CAPTURE(name);
    const at::Tensor hw = golden[name];
    const auto at = [&](int i) { return static_cast<int>(hw[i].item<std::int64_t>()); };
    CHECK(working_size({at(1), at(0)}, 640) == PictureSize{at(3), at(2)});
  }
  for (const auto& [width, height] :
       {std::pair{1000, 333}, {640, 1152}, {640, 360}, {640, 480}, {640, 500}}) {
    const at::Tensor hw = golden["shape_" + std::to_string(width) + "x" + std::to_string(height)];
    CHECK(longest_side_size({width, height}, 1024) ==
          PictureSize{static_cast<int>(hw[1].item<std::int64_t>()),
                      static_cast<int>(hw[0].item<std::int64_t>())});
  }

  CHECK(same_pixels(resize_antialiased(tall.view(), 142, 256), golden["pil_256_of_407x733"]));
  CHECK(same_pixels(resize_antialiased(small.view(), 256, 200), golden["pil_256_of_500x391"]));
  const Image<Rgb8> large = load_rgb(*folder / "sam_resized_1024.png");
  const Image<Rgb8> found = resize_antialiased(rgb.view(), 1024, 768);
  CHECK(std::memcmp(found.data(), large.data(), large.size() * 3) == 0);

  CHECK(same_pixels(part(resize_bilinear(tall.view(), {640, 1152}), {150, 200, 310, 328}),
                    golden["ism_out_407x733"]));
  const Image<Rgb8> wider = resize_bilinear(small.view(), {640, 500});
  Image<Rgb8> rows(640, 125);
  for (int y = 0; y < 125; ++y) std::copy_n(wider.row(4 * y), 640, rows.row(y));
  CHECK(same_pixels(rows, golden["ism_out_500x391_rows"]));
  for (const std::string name : {"1280x720", "1280x960"}) {
    const at::Tensor window = golden["win_in_" + name];
    const ImageView<Rgb8> view{reinterpret_cast<const Rgb8*>(window.data_ptr<std::uint8_t>()), 160,
                               120, 160 * 3};
    CHECK(same_pixels(resize_bilinear(view, {80, 60}), golden["win_out_" + name]));
  }

  const at::Tensor input = sam_input(rgb.view(), 1024);
  CHECK(largest_difference(input.slice(2, 5, 1024, 16).slice(3, 3, 1024, 16).contiguous(),
                           golden["input_sub"]) <= kInput);
  const at::Tensor picked =
      input[0].index_select(1, at::tensor({0, 400, 767, 768, 1023}, at::kLong));
  CHECK(largest_difference(picked, golden["input_rows"]) <= kInput);
}

}  // namespace
}  // namespace sam6d::test
