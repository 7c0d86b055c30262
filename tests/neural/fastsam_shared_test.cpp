#include "fastsam_golden.hpp"

#include <filesystem>

#include <doctest/doctest.h>

#include "neural/letterbox.hpp"
#include "sam6d/image_io.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("FastSAM's boxes and masks are the reference's") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  check_fastsam_post(Golden(*folder / "fastsam_tiny.safetensors"));
}

Image<Rgb8> transposed(const Image<Rgb8>& picture) {
  Image<Rgb8> result(picture.height(), picture.width());
  for (int y = 0; y < result.height(); ++y) {
    for (int x = 0; x < result.width(); ++x) result(x, y) = picture(y, x);
  }
  return result;
}

void check_pixels(const Image<Rgb8>& picture, const at::Tensor& expected) {
  REQUIRE(picture.width() == expected.size(1));
  const auto* const bytes = expected.data_ptr<std::uint8_t>();
  bool equal = true;
  for (std::int64_t i = 0; i < expected.numel() / 3; ++i) {
    equal = equal && picture.data()[i] == Rgb8{bytes[3 * i], bytes[3 * i + 1], bytes[3 * i + 2]};
  }
  CHECK(equal);
}

TEST_CASE("letterboxed pictures are the reference's, pixel by pixel") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "fastsam_tiny.safetensors");
  const Image<Rgb8> wide = load_rgb(*folder / "ism_resize_in_500x391.png");
  REQUIRE(wide.width() == 500);
  const auto boxed = [](const Image<Rgb8>& picture, int side) {
    return letterboxed(picture.view(), letterbox_of(picture.width(), picture.height(), side));
  };
  check_pixels(boxed(wide, 256), golden["lb.500x391@256"]);
  check_pixels(boxed(transposed(wide), 256), golden["lb.391x500@256"]);
  check_pixels(boxed(wide, 640), golden["lb.500x391@640_border"]);
}

}  // namespace
}  // namespace sam6d::test
