#include "neural/template_crop.hpp"

#include <cmath>
#include <filesystem>

#include <doctest/doctest.h>

#include "support/golden_values.hpp"

namespace sam6d {
namespace {

constexpr int kWidth = 160;
constexpr int kHeight = 120;
// Millimetres are divided by 1000 in single precision on both sides; the last bit may differ.
constexpr float kPointTolerance = 1e-7F;

/// The golden's view as a whole picture.
TemplateView golden_view(const test::GoldenValues& golden) {
  const auto mask = golden.values<std::uint8_t>("mask_u8");
  const auto rgb = golden.values<std::uint8_t>("rgb_u8");
  const auto xyz_mm = golden.values<float>("xyz_mm");
  TemplateView view;
  view.camera = {100, 100, 80, 60, kWidth, kHeight};
  view.box_px = {0, 0, kWidth, kHeight};
  view.mask = Image<std::uint8_t>(kWidth, kHeight);
  view.rgb = Image<Rgb8>(kWidth, kHeight);
  view.object_xyz_m = Image<Eigen::Vector3f>(kWidth, kHeight);
  for (int y = 0; y < kHeight; ++y) {
    for (int x = 0; x < kWidth; ++x) {
      const auto i = static_cast<std::size_t>(y * kWidth + x);
      view.mask(x, y) = mask[i];
      view.rgb(x, y) = {rgb[3 * i], rgb[3 * i + 1], rgb[3 * i + 2]};
      view.object_xyz_m(x, y) =
          Eigen::Vector3f(xyz_mm[3 * i], xyz_mm[3 * i + 1], xyz_mm[3 * i + 2]) / 1000;
    }
  }
  return view;
}

TEST_CASE("a template becomes what the reference makes of it") {
  const test::GoldenValues golden(std::filesystem::path(SAM6D_TEST_DATA) /
                                  "pem/pre_template.safetensors");
  const auto crop = crop_template(golden_view(golden), true);
  REQUIRE(crop);
  const auto box = golden.values<std::int32_t>("bbox_y1y2x1x2");
  CHECK(crop->box_px == Box{box[2], box[0], box[3], box[1]});
  CHECK(static_cast<int>(crop->pixels.size()) == golden.values<std::int32_t>("n_pixels")[0]);

  const NetworkCrop result = network_crop(*crop, golden.values<std::int32_t>("choice"));
  CHECK(result.bgr == golden.values<std::uint8_t>("resized_bgr_u8"));
  CHECK(result.pixels == golden.values<std::int32_t>("rgb_choose"));
  const auto points = golden.values<float>("pts");
  REQUIRE(points.size() == 3 * result.points_m.size());
  for (std::size_t i = 0; i < points.size(); ++i) {
    const float found = result.points_m[i / 3][static_cast<int>(i % 3)];
    REQUIRE(std::abs(found - points[i]) <= kPointTolerance * std::abs(points[i]));
  }
}

TEST_CASE("a view that was cropped when it was stored gives the same") {
  const test::GoldenValues golden(std::filesystem::path(SAM6D_TEST_DATA) /
                                  "pem/pre_template.safetensors");
  const TemplateView whole = golden_view(golden);
  TemplateView cropped = whole;
  cropped.box_px = {7, 9, 150, 111};  // the mask is inside
  cropped.mask = Image<std::uint8_t>(143, 102);
  cropped.rgb = Image<Rgb8>(143, 102);
  cropped.object_xyz_m = Image<Eigen::Vector3f>(143, 102);
  for (int y = 0; y < 102; ++y) {
    for (int x = 0; x < 143; ++x) {
      cropped.mask(x, y) = whole.mask(x + 7, y + 9);
      cropped.rgb(x, y) = whole.rgb(x + 7, y + 9);
      cropped.object_xyz_m(x, y) = whole.object_xyz_m(x + 7, y + 9);
    }
  }
  const auto a = crop_template(whole, false);
  const auto b = crop_template(cropped, false);
  REQUIRE((a && b));
  CHECK(a->box_px == b->box_px);
  CHECK(a->pixels == b->pixels);
  CHECK(network_crop(
            *a, a->pixels.size() > 9 ? std::vector<std::int32_t>{9} : std::vector<std::int32_t>{})
            .bgr == network_crop(*b, std::vector<std::int32_t>{9}).bgr);
}

TEST_CASE("a view that shows next to nothing is no template") {
  TemplateView view;
  view.camera = {100, 100, 80, 60, kWidth, kHeight};
  CHECK(!crop_template(view, false));
  view.box_px = {10, 10, 43, 11};
  view.mask = Image<std::uint8_t>(33, 1, 255);
  view.rgb = Image<Rgb8>(33, 1);
  view.object_xyz_m = Image<Eigen::Vector3f>(33, 1);
  CHECK(crop_template(view, false));
  view.mask(0, 0) = 254;
  CHECK(!crop_template(view, false));
}

TEST_CASE("views are taken evenly") {
  CHECK(chosen_views(42, 0).size() == 42);
  CHECK(chosen_views(42, 100).back() == 41);
  CHECK(chosen_views(42, 4) == std::vector<int>{0, 10, 21, 31});
  CHECK(chosen_views(0, 4).empty());
}

}  // namespace
}  // namespace sam6d
