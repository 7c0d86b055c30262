#include "neural/letterbox.hpp"

#include <fstream>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "support/errors.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("letterboxes have the sizes and borders of the reference's") {
  std::ifstream file(std::string(SAM6D_TEST_DATA) + "/ism/fastsam_letterbox.json");
  const nlohmann::json cases = nlohmann::json::parse(file);
  REQUIRE(cases.size() > 30);
  for (const auto& [name, expected] : cases.items()) {
    CAPTURE(name);
    const int height = expected["source_hw"][0];
    const int width = expected["source_hw"][1];
    const Letterbox box = letterbox_of(width, height, expected.value("imgsz", 640));
    CHECK(box.height == expected["out_hw"][0]);
    CHECK(box.width == expected["out_hw"][1]);
    if (!expected.contains("top_left_inner_hw")) continue;
    CHECK(box.top == expected["top_left_inner_hw"][0]);
    CHECK(box.left == expected["top_left_inner_hw"][1]);
    CHECK(box.inner_height == expected["top_left_inner_hw"][2]);
    CHECK(box.inner_width == expected["top_left_inner_hw"][3]);
  }
}

TEST_CASE("a picture of the right width stays as it is, between grey borders") {
  Image<Rgb8> picture(64, 40);
  for (int y = 0; y < 40; ++y) {
    for (int x = 0; x < 64; ++x) {
      picture(x, y) = {static_cast<std::uint8_t>(x), static_cast<std::uint8_t>(y), 7};
    }
  }
  const Letterbox box = letterbox_of(64, 40, 64);
  const Image<Rgb8> result = letterboxed(picture.view(), box);
  REQUIRE(result.width() == 64);
  REQUIRE(result.height() == 64);
  CHECK(box.top == 12);
  CHECK(result(0, 11) == Rgb8{114, 114, 114});
  CHECK(result(63, 52) == Rgb8{114, 114, 114});
  CHECK(result(5, 12) == picture(5, 0));
  CHECK(result(63, 51) == picture(63, 39));
}

TEST_CASE("very thin and tiny pictures have letterboxes, empty ones and odd sides are refused") {
  for (const auto& [width, height] : {std::pair{1, 1}, {5000, 1}, {1, 3000}, {7, 2}}) {
    CAPTURE(width);
    const Letterbox box = letterbox_of(width, height, 640);
    CHECK(box.width % 32 == 0);
    CHECK(box.height % 32 == 0);
    CHECK(box.inner_width >= 1);
    CHECK(box.inner_height >= 1);
    CHECK(box.left + box.inner_width <= box.width);
    CHECK(box.top + box.inner_height <= box.height);
    const Image<Rgb8> result = letterboxed(Image<Rgb8>(width, height, {9, 8, 7}).view(), box);
    CHECK(result(box.left, box.top) == Rgb8{9, 8, 7});
  }
  for (const auto& [width, height, side] :
       {std::array{0, 5, 640}, {5, -1, 640}, {5, 5, 0}, {5, 5, 100}, {5, 5, 1 << 20}}) {
    const auto error = error_of([&] { (void)letterbox_of(width, height, side); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kInvalidArgument);
  }
}

}  // namespace
}  // namespace sam6d::test
