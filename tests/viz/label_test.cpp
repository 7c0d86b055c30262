#include "viz/label.hpp"

#include <set>

#include <doctest/doctest.h>

#include "sam6d/viz.hpp"
#include "viz/palette.hpp"

namespace sam6d {
namespace {

const Rgb8 kPhoto{10, 20, 30};
const Rgb8 kPlate{230, 159, 0};

/// The smallest box that holds what differs from the photo.
Box changed(const Image<Rgb8>& picture) {
  Box box;
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      if (!(picture(x, y) == kPhoto)) box = united(box, {x, y, x + 1, y + 1});
    }
  }
  return box;
}

int count(const Image<Rgb8>& picture, Rgb8 color) {
  int sum = 0;
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) sum += picture(x, y) == color ? 1 : 0;
  }
  return sum;
}

TEST_CASE("letters have the height asked for and grow in proportion") {
  const TextSize small = text_size("Ab", 10.0);
  const TextSize large = text_size("Ab", 30.0);
  CHECK(std::abs(small.height_px - 10) <= 2);
  CHECK(std::abs(large.height_px - 30) <= 3);
  CHECK(large.width_px > 2 * small.width_px);
  CHECK(text_size("", 10.0).width_px == 0);
}

TEST_CASE("what is not ASCII is drawn as one question mark a character") {
  CHECK(text_size("K\xC3\xA4se", 10.0).width_px == text_size("K?se", 10.0).width_px);
  CHECK(text_size("a\tb", 10.0).width_px == text_size("a?b", 10.0).width_px);
}

TEST_CASE("a label stands above its anchor when there is room") {
  Image<Rgb8> picture(200, 150, kPhoto);
  draw_labels(picture, {{"mug  0.95", {60, 80, 120, 120}, kPlate}}, 9.0);
  const Box box = changed(picture);
  CHECK(box.y1 <= 80);
  CHECK(box.x0 >= 55);
  CHECK(count(picture, kPlate) > 200);
  CHECK(count(picture, text_color_on(kPlate)) > 20);
}

TEST_CASE("a label without room above goes below") {
  Image<Rgb8> picture(200, 150, kPhoto);
  draw_labels(picture, {{"mug", {60, 2, 120, 40}, kPlate}}, 9.0);
  CHECK(changed(picture).y0 >= 40);
}

TEST_CASE("labels of anchors at every border stay whole") {
  for (const Box& anchor : {Box{0, 0, 10, 10}, Box{190, 0, 200, 10}, Box{0, 140, 10, 150},
                            Box{195, 140, 200, 150}, Box{0, 0, 200, 150}}) {
    Image<Rgb8> picture(200, 150, kPhoto);
    draw_labels(picture, {{"watering can", anchor, kPlate}}, 9.0);
    Image<Rgb8> free(400, 300, kPhoto);
    draw_labels(free, {{"watering can", {180, 140, 200, 160}, kPlate}}, 9.0);
    CHECK(count(picture, kPlate) == count(free, kPlate));
  }
}

TEST_CASE("labels of one place do not cover each other") {
  Image<Rgb8> one(300, 200, kPhoto);
  draw_labels(one, {{"bolt", {140, 90, 170, 110}, kPlate}}, 9.0);
  Image<Rgb8> four(300, 200, kPhoto);
  const Label label{"bolt", {140, 90, 170, 110}, kPlate};
  draw_labels(four, {label, label, label, label}, 9.0);
  CHECK(count(four, kPlate) == 4 * count(one, kPlate));
}

TEST_CASE("a picture smaller than the label is drawn without harm") {
  Image<Rgb8> picture(12, 8, kPhoto);
  draw_labels(picture, {{"a very long name", {2, 2, 5, 5}, kPlate}}, 9.0);
  CHECK(count(picture, kPhoto) < 12 * 8);
}

TEST_CASE("neighbouring objects have colours of their own, and text that contrasts") {
  std::set<std::tuple<int, int, int>> colors;
  for (int id = 1; id <= 21; ++id) {
    const Rgb8 color = object_color(id);
    colors.insert({color.r, color.g, color.b});
    const Rgb8 text = text_color_on(color);
    const auto luma = [](Rgb8 c) { return 0.299 * c.r + 0.587 * c.g + 0.114 * c.b; };
    CHECK(std::abs(luma(text) - luma(color)) > 100.0);
  }
  CHECK(colors.size() == 21);
  (void)object_color(-5);
}

}  // namespace
}  // namespace sam6d
