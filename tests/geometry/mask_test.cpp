#include "sam6d/mask.hpp"

#include <doctest/doctest.h>

#include "sam6d/error.hpp"

namespace sam6d {
namespace {

Mask rectangle(const Box& box) {
  Mask mask(box);
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) mask.set(x, y);
  }
  return mask;
}

TEST_CASE("a mask keeps the pixels of a picture in the smallest box") {
  Image<std::uint8_t> picture(20, 10);
  picture(3, 2) = 1;
  picture(7, 5) = 200;
  const Mask mask = Mask::from_image(picture.view());
  CHECK(mask.box() == Box{3, 2, 8, 6});
  CHECK(mask.area() == 2);
  CHECK(mask.at(3, 2));
  CHECK(mask.at(7, 5));
  CHECK_FALSE(mask.at(4, 2));
  CHECK_FALSE(mask.at(-1, 100));
  const Image<std::uint8_t> back = mask.to_image(20, 10);
  CHECK(back(7, 5) == 255);
  CHECK(back(0, 0) == 0);
}

TEST_CASE("what lies outside of the picture is cut off") {
  const Mask mask = rectangle(Box{-2, -2, 3, 2});
  const Image<std::uint8_t> picture = mask.to_image(4, 4);
  CHECK(Mask::from_image(picture.view()).area() == 6);
}

TEST_CASE("intersection over union of masks") {
  const Mask a = rectangle(Box{0, 0, 4, 4});
  const Mask b = rectangle(Box{2, 0, 6, 4});
  CHECK(mask_iou(a, b) == doctest::Approx(8.0 / 24.0));
  CHECK(mask_iou(a, a) == 1.0);
  CHECK(mask_iou(Mask{}, Mask{}) == 0.0);
  CHECK(box_iou(a.box(), b.box()) == doctest::Approx(8.0 / 24.0));
}

TEST_CASE("an absurd box is refused before memory is asked for") {
  CHECK_THROWS_AS(Mask(Box{0, 0, 1 << 20, 1 << 20}), Error);
}

}  // namespace
}  // namespace sam6d
