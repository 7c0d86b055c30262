#include <array>
#include <string>

#include <doctest/doctest.h>

#include "sam6d/error.hpp"
#include "sam6d/viz.hpp"

namespace sam6d {
namespace {

const Rgb8 kLeft{200, 0, 0};
const Rgb8 kRight{0, 0, 200};

int count(const Image<Rgb8>& picture, Rgb8 color) {
  int sum = 0;
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) sum += picture(x, y) == color ? 1 : 0;
  }
  return sum;
}

TEST_CASE("pictures stand side by side, whole") {
  const std::array<Image<Rgb8>, 2> pictures{Image<Rgb8>(60, 40, kLeft),
                                            Image<Rgb8>(30, 20, kRight)};
  const Image<Rgb8> both = side_by_side(pictures);
  CHECK(both.height() == 40);
  CHECK(both.width() > 90);
  CHECK(count(both, kLeft) == 60 * 40);
  CHECK(count(both, kRight) == 30 * 20);
  CHECK(both(0, 0) == kLeft);
  CHECK(both(both.width() - 1, 20) == kRight);
  CHECK(both(both.width() - 1, 0) != kRight);  // in the middle of its column
}

TEST_CASE("captions stand above their pictures") {
  const std::array<Image<Rgb8>, 2> pictures{Image<Rgb8>(200, 40, kLeft),
                                            Image<Rgb8>(200, 40, kRight)};
  const std::array<std::string, 2> captions{"photo", ""};
  const Image<Rgb8> both = side_by_side(pictures, captions);
  REQUIRE(both.height() > 40);
  const int strip = both.height() - 40;
  const auto bright = [&](int x0, int x1) {
    int sum = 0;
    for (int y = 0; y < strip; ++y) {
      for (int x = x0; x < x1; ++x) sum += both(x, y).g > 150 ? 1 : 0;
    }
    return sum;
  };
  CHECK(bright(0, 200) > 20);
  CHECK(bright(200, both.width()) == 0);
  CHECK(count(both, kLeft) == 200 * 40);
}

TEST_CASE("no pictures, or another number of captions, is refused") {
  const std::array<Image<Rgb8>, 1> pictures{Image<Rgb8>(6, 4)};
  const std::array<std::string, 2> captions{"a", "b"};
  CHECK_THROWS_AS((void)side_by_side({}), Error);
  CHECK_THROWS_AS((void)side_by_side(pictures, captions), Error);
}

}  // namespace
}  // namespace sam6d
