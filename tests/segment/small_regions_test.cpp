#include "segment/small_regions.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include <doctest/doctest.h>

namespace sam6d::test {
namespace {

Image<std::uint8_t> picture(const std::vector<const char*>& rows) {
  Image<std::uint8_t> mask(static_cast<int>(std::string_view(rows[0]).size()),
                           static_cast<int>(rows.size()));
  for (int y = 0; y < mask.height(); ++y) {
    for (int x = 0; x < mask.width(); ++x) {
      mask(x, y) = rows[static_cast<std::size_t>(y)][x] == '#' ? 255 : 0;
    }
  }
  return mask;
}

bool same(const Image<std::uint8_t>& a, const Image<std::uint8_t>& b) {
  return a.width() == b.width() && a.height() == b.height() &&
         std::equal(a.data(), a.data() + a.size(), b.data());
}

TEST_CASE("small holes are filled, small islands go, and what touches at a corner is one region") {
  auto mask = picture({"######..#", "#.####...", "##.###..#", "######..."});
  CHECK(remove_small_regions(mask, 3));
  CHECK(same(mask, picture({"######...", "######...", "######...", "######..."})));
  CHECK_FALSE(remove_small_regions(mask, 3));
}

TEST_CASE("of small islands alone the largest stays, and an empty mask stays empty") {
  auto mask = picture({"#....##.."});
  CHECK(remove_small_regions(mask, 3));
  // Background regions of fewer than three pixels are filled first.
  CHECK(same(mask, picture({".....####"})));
  mask = picture({"#......##......"});
  CHECK(remove_small_regions(mask, 4));
  CHECK(same(mask, picture({".......##......"})));
  auto empty = picture({"....", "...."});
  CHECK_FALSE(remove_small_regions(empty, 3));
  Image<std::uint8_t> nothing;
  CHECK_FALSE(remove_small_regions(nothing, 3));
}

}  // namespace
}  // namespace sam6d::test
