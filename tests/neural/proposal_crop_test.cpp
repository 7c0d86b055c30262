#include "neural/proposal_crop.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <vector>

#include <doctest/doctest.h>

#include "support/golden_values.hpp"

namespace sam6d {
namespace {

/// Rounding of (v / 255 - mean) / deviation.
constexpr float kColor = 1e-6F;

struct Crop {
  std::vector<float> rgb = std::vector<float>(std::size_t{3} * kCropPixels, -9);
  std::vector<float> weights = std::vector<float>(kCropPixels, -9);

  [[nodiscard]] CropPixels pixels() { return {rgb, weights}; }
  [[nodiscard]] float at(int channel, int x, int y) const {
    return rgb[static_cast<std::size_t>((channel * kCropSide + y) * kCropSide + x)];
  }
};

Crop crop_of(const Image<Rgb8>& picture, const Proposal& proposal) {
  Crop crop;
  crop_proposal(picture.view(), proposal, crop.pixels());
  return crop;
}

/// A picture whose colours say where they are.
Image<Rgb8> marked_picture(int width, int height) {
  Image<Rgb8> picture(width, height);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      picture(x, y) = {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y),
                       static_cast<std::uint8_t>(x ^ y)};
    }
  }
  return picture;
}

Proposal whole_box(const Box& box) {
  return {box, box, Image<float>(box.width(), box.height(), 1), 1};
}

int first_shown(const std::array<int, kCropSide>& indices) {
  return static_cast<int>(
      std::find_if(indices.begin(), indices.end(), [](int i) { return i >= 0; }) - indices.begin());
}

int count_shown(const std::array<int, kCropSide>& indices) {
  return static_cast<int>(std::ranges::count_if(indices, [](int i) { return i >= 0; }));
}

test::GoldenValues golden_indices() {
  return test::GoldenValues(std::filesystem::path(SAM6D_TEST_DATA) /
                            "ism/crop_indices.safetensors");
}

TEST_CASE("crops take the pixels that the reference's resizing takes") {
  const test::GoldenValues golden = golden_indices();
  const auto sizes = golden.values<std::int32_t>("sizes");
  const auto expected = golden.values<std::int32_t>("nearest_index");
  const auto second = golden.values<std::int32_t>("nearest_index_223_to_224");
  for (std::size_t i = 0; i < sizes.size(); ++i) {
    const int n = sizes[i];
    CAPTURE(n);
    const std::int32_t* const row = expected.data() + i * kCropSide;
    const int length = static_cast<int>(
        std::count_if(row, row + kCropSide, [](std::int32_t index) { return index >= 0; }));

    const CropIndices square = crop_indices({5, 9, 5 + n, 9 + n});
    const CropIndices tall = crop_indices({5, 9, 5 + n / 2, 9 + n});
    int wrong = 0;
    for (int k = 0; k < kCropSide; ++k) {
      const auto at = static_cast<std::size_t>(k);
      const int from = length == kCropSide ? row[k] : row[second[at]];
      if (square.columns[at] != 5 + from || square.rows[at] != 9 + from) ++wrong;
      if (n > 2 && tall.rows[at] != (k < length ? 9 + row[k] : -1)) ++wrong;
    }
    CHECK(wrong == 0);
  }
}

TEST_CASE("the longer side becomes as long as the reference's") {
  const auto lengths = golden_indices().values<std::int32_t>("long_side_after_resize");
  for (int n = 3; n <= kCropSide; ++n) {
    REQUIRE(count_shown(crop_indices({0, 0, n, n / 2}).columns) ==
            lengths[static_cast<std::size_t>(n - 1)]);
  }
}

TEST_CASE("a crop is centred, normalised and masked") {
  const Image<Rgb8> picture = marked_picture(100, 80);
  Proposal proposal = whole_box({10, 20, 66, 34});  // four times larger: 224 x 56
  proposal.weights(3, 0) = 0;
  proposal.weights(55, 13) = 0.25F;
  const Crop crop = crop_of(picture, proposal);
  const CropIndices indices = crop_indices(proposal.box_px);
  CHECK(count_shown(indices.columns) == 224);
  CHECK(count_shown(indices.rows) == 56);
  CHECK(first_shown(indices.rows) == 84);
  CHECK(crop.at(0, 100, 83) == 0);
  CHECK(crop.at(0, 0, 84) == doctest::Approx((10 / 255.0 - 0.485) / 0.229).epsilon(kColor));
  CHECK(crop.at(1, 0, 84) == doctest::Approx((20 / 255.0 - 0.456) / 0.224).epsilon(kColor));
  CHECK(crop.at(2, 0, 84) == doctest::Approx(((10 ^ 20) / 255.0 - 0.406) / 0.225).epsilon(kColor));
  CHECK(crop.at(0, 15, 84) == 0);
  CHECK(crop.at(0, 16, 84) != 0);
  // The last column and row of the box are there.
  CHECK(crop.at(0, 223, 139) ==
        doctest::Approx(0.25 * (65 / 255.0 - 0.485) / 0.229).epsilon(kColor));
  CHECK(crop.weights[139 * kCropSide + 223] == 0.25F);
  CHECK(crop.weights[0] == 0);
}

TEST_CASE("weights may cover a part of the box, and boxes reach out of the picture") {
  const Image<Rgb8> picture = marked_picture(60, 60);
  const Proposal proposal{{-10, 0, 46, 56}, {0, 10, 20, 20}, Image<float>(20, 10, 1), 1};
  const Crop crop = crop_of(picture, proposal);
  const auto on = std::ranges::count(crop.weights, 1.0F);
  CHECK(on == 20 * 10 * 16);
  CHECK(crop.weights[(4 * 10) * kCropSide + 4 * 10] == 1);
  CHECK(crop.weights[(4 * 10) * kCropSide + 4 * 10 - 1] == 0);
  const Crop beyond =
      crop_of(picture, {{50, 50, 80, 80}, {50, 50, 80, 80}, Image<float>(30, 30, 1), 1});
  CHECK(beyond.weights[0] == 1);
  CHECK(beyond.weights[kCropPixels - 1] == 0);
}

TEST_CASE("thin boxes and empty ones become crops, too") {
  const Image<Rgb8> picture = marked_picture(300, 300);
  const Crop line = crop_of(picture, whole_box({7, 0, 8, 300}));
  CHECK(std::ranges::count(line.weights, 1.0F) >= 223);
  CHECK(std::ranges::count(valid_patches(line.weights), true) == 0);
  const Crop point = crop_of(picture, whole_box({7, 9, 8, 10}));
  CHECK(std::ranges::count(point.weights, 1.0F) == kCropPixels);
  for (const Box& box : {Box{5, 5, 5, 9}, Box{5, 5, 5, 5}, Box{5, 5, 2, 2}}) {
    const Crop none = crop_of(picture, {box, {0, 0, 9, 9}, Image<float>(9, 9, 1), 1});
    CHECK(std::ranges::count(none.rgb, 0.0F) == 3 * kCropPixels);
    CHECK(std::ranges::count(none.weights, 0.0F) == kCropPixels);
  }
  const Crop empty_mask = crop_of(picture, {{5, 5, 50, 50}, {}, {}, 1});
  CHECK(std::ranges::count(empty_mask.rgb, 0.0F) == 3 * kCropPixels);
}

TEST_CASE("a patch is valid when more than half of it is") {
  std::vector<float> weights(kCropPixels);
  for (int i = 0; i < 98; ++i) {
    const auto x = static_cast<std::size_t>(i % 14);
    const auto y = static_cast<std::size_t>(i / 14);
    weights[(14 + y) * kCropSide + x] = 1;       // patch 16: exactly half
    weights[(14 + y) * kCropSide + 28 + x] = 1;  // patch 18: a little more
  }
  weights[(14 + 13) * kCropSide + 28] = 0.1F;
  const auto valid = valid_patches(weights);
  CHECK(!valid[16]);
  CHECK(valid[18]);
  CHECK(std::ranges::count(valid, true) == 1);
}

TEST_CASE("a template view becomes what a proposal that looks like it does") {
  const Image<Rgb8> picture = marked_picture(90, 70);
  Proposal proposal = whole_box({20, 10, 77, 61});
  TemplateView view;
  view.camera = {100, 100, 45, 35, 90, 70};
  view.box_px = {18, 10, 78, 62};  // wider than the mask
  view.rgb = Image<Rgb8>(60, 52);
  view.mask = Image<std::uint8_t>(60, 52);
  for (int y = 10; y < 61; ++y) {
    for (int x = 20; x < 77; ++x) {
      view.rgb(x - 18, y - 10) = picture(x, y);
      view.mask(x - 18, y - 10) = 255;
    }
  }
  const Crop expected = crop_of(picture, proposal);
  Crop crop;
  crop_template_view(view, false, crop.pixels());
  CHECK(crop.rgb == expected.rgb);
  CHECK(crop.weights == expected.weights);

  Crop quirky;
  crop_template_view(view, true, quirky.pixels());
  CHECK(quirky.weights == expected.weights);
  CHECK(quirky.rgb != expected.rgb);
  CHECK(quirky.at(0, 112, 112) ==
        doctest::Approx(expected.at(0, 112, 112) * 0.229 + 0.485).epsilon(1e-5));
  CHECK(quirky.at(0, 0, 0) == 0);

  view.mask = Image<std::uint8_t>(60, 52);
  crop_template_view(view, false, crop.pixels());
  CHECK(std::ranges::count(crop.rgb, 0.0F) == 3 * kCropPixels);
  crop_template_view({}, false, crop.pixels());
  CHECK(std::ranges::count(crop.weights, 0.0F) == kCropPixels);
}

}  // namespace
}  // namespace sam6d
