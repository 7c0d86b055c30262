#include "neural/network_crop.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "support/golden_values.hpp"

namespace sam6d {
namespace {

const std::filesystem::path kBoxes =
    std::filesystem::path(SAM6D_TEST_DATA) / "pem/pre_boxes.safetensors";

TEST_CASE("with the reference's quirks boxes are the reference's") {
  const test::GoldenValues golden(kBoxes);
  const auto extents = golden.values<std::int32_t>("bbox.extent_y0y1x0x1_inclusive");
  const auto sizes = golden.values<std::int32_t>("bbox.image_hw");
  const auto boxes = golden.values<std::int32_t>("bbox.out_y1y2x1x2");
  REQUIRE(boxes.size() == 4 * 300);
  for (std::size_t i = 0; i < 300; ++i) {
    const std::int32_t* const e = &extents[4 * i];
    const std::int32_t* const b = &boxes[4 * i];
    const Box extent{e[2], e[0], e[3] + 1, e[1] + 1};
    if (std::max(extent.width(), extent.height()) < 2) continue;  // the reference's box is empty
    CAPTURE(i);
    CHECK(crop_box(extent, sizes[2 * i + 1], sizes[2 * i], true) == Box{b[2], b[0], b[3], b[1]});
  }
}

TEST_CASE("pixels go to the same places of the resized picture as in the reference") {
  const test::GoldenValues golden(kBoxes);
  int cases = 0;
  for (const std::string& name : golden.cases(".in")) {
    const int side = std::stoi(name.substr(name.find("size") + 4));
    const auto in = golden.values<std::int32_t>(name + ".in");
    const auto out = golden.values<std::int32_t>(name + ".out");
    for (std::size_t i = 0; i < in.size(); ++i) {
      CAPTURE(name);
      CAPTURE(in[i]);
      REQUIRE(resized_pixel(in[i] / side, in[i] % side, side) == out[i]);
    }
    ++cases;
  }
  CHECK(cases > 15);
}

TEST_CASE("without quirks the box holds every pixel of the extent") {
  constexpr int kWidth = 61;
  constexpr int kHeight = 40;
  for (int y0 = 0; y0 < kHeight; y0 += 3) {
    for (int y1 = y0 + 2; y1 <= kHeight; y1 += 3) {
      for (int x0 = 0; x0 < kWidth; x0 += 4) {
        for (int x1 = x0 + 2; x1 <= kWidth; ++x1) {
          const Box extent{x0, y0, x1, y1};
          const Box box = crop_box(extent, kWidth, kHeight, false);
          CAPTURE(x0);
          CAPTURE(x1);
          CAPTURE(y0);
          CAPTURE(y1);
          REQUIRE(intersect(box, extent) == extent);
          REQUIRE(box.width() == box.height());
          REQUIRE(box.width() % 2 == 0);
          REQUIRE(box.width() <= std::max(extent.width(), extent.height()) + 1);
          // It leaves the picture only where it is larger.
          if (box.width() <= kWidth) REQUIRE((box.x0 >= 0 && box.x1 <= kWidth));
          if (box.height() <= kHeight) REQUIRE((box.y0 >= 0 && box.y1 <= kHeight));
        }
      }
    }
  }
}

TEST_CASE("even extents in the middle of the picture have the same box either way") {
  const Box extent{100, 80, 150, 120};
  CHECK(crop_box(extent, 640, 480, false) == Box{100, 75, 150, 125});
  CHECK(crop_box(extent, 640, 480, true) == Box{100, 75, 150, 125});
}

TEST_CASE("the network gets blue first, and the points of the chosen pixels") {
  MaskedCrop crop;
  crop.box_px = {10, 20, 14, 24};
  crop.rgb = Image<Rgb8>(4, 4, Rgb8{10, 20, 30});
  crop.pixels = {0, 5, 15};
  crop.points_m = {{0, 0, 1}, {0, 0, 2}, {0, 0, 3}};
  const std::vector<std::int32_t> choice = {2, 2, 1};
  const NetworkCrop result = network_crop(crop, choice);
  REQUIRE(result.bgr.size() == 224 * 224 * 3);
  CHECK(result.bgr[0] == 30);
  CHECK(result.bgr[1] == 20);
  CHECK(result.bgr[2] == 10);
  // Row 3, column 3 of 4 begins at 168.
  CHECK(result.pixels == std::vector<std::int32_t>{168 * 225, 168 * 225, 56 * 225});
  CHECK(result.points_m[0].z() == 3);
  CHECK(result.points_m[2].z() == 2);
}

}  // namespace
}  // namespace sam6d
