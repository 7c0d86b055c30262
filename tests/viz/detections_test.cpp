#include <limits>

#include <doctest/doctest.h>

#include "sam6d/error.hpp"
#include "sam6d/viz.hpp"

namespace sam6d {
namespace {

const Rgb8 kPhoto{128, 128, 128};

Mask filled(const Box& box) {
  Mask mask(box);
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) mask.set(x, y);
  }
  return mask;
}

Detection detection(ObjectId object, const Box& box) {
  return {object, filled(box), box, 0.5F, std::nullopt};
}

bool resembles(Rgb8 a, Rgb8 b) {
  constexpr int kSmoothing = 40;  // of 255
  return std::abs(a.r - b.r) + std::abs(a.g - b.g) + std::abs(a.b - b.b) < kSmoothing;
}

OverlayOptions without_labels() {
  OverlayOptions options;
  options.labels = false;
  options.line_width_px = 4;
  return options;
}

TEST_CASE("a mask is tinted, its border drawn in the object's colour, the rest left alone") {
  const Image<Rgb8> photo(160, 120, kPhoto);
  const std::vector<Detection> detections{detection(2, {40, 30, 100, 80})};
  const Image<Rgb8> picture = draw_detections(photo.view(), detections, {}, without_labels());
  CHECK(resembles(picture(40, 50), object_color(2)));
  CHECK(picture(70, 55) != kPhoto);
  CHECK(!resembles(picture(70, 55), object_color(2)));
  CHECK(picture(30, 20) == kPhoto);
  CHECK(picture(120, 55) == kPhoto);
}

TEST_CASE("a detection without a mask shows its box") {
  const Image<Rgb8> photo(160, 120, kPhoto);
  std::vector<Detection> detections{detection(2, {40, 30, 100, 80})};
  detections[0].mask = {};
  const Image<Rgb8> picture = draw_detections(photo.view(), detections, {}, without_labels());
  CHECK(resembles(picture(40, 50), object_color(2)));
  CHECK(picture(70, 55) == kPhoto);
}

TEST_CASE("names change the labels") {
  const Image<Rgb8> photo(160, 120, kPhoto);
  const std::vector<Detection> detections{detection(2, {40, 60, 100, 80})};
  const auto pixels_of_plate = [&](const ObjectNames& names) {
    const Image<Rgb8> picture = draw_detections(photo.view(), detections, names);
    int count = 0;
    for (int y = 0; y < 50; ++y) {
      for (int x = 0; x < picture.width(); ++x) count += picture(x, y) == object_color(2) ? 1 : 0;
    }
    return count;
  };
  CHECK(pixels_of_plate({}) > 0);
  CHECK(pixels_of_plate({{2, "mug"}}) < pixels_of_plate({}));
}

TEST_CASE("lines grow with the picture") {
  const auto share_of_border = [](int scale) {
    const Image<Rgb8> photo(640 * scale, 480 * scale, kPhoto);
    const std::vector<Detection> detections{
        detection(3, {100 * scale, 100 * scale, 300 * scale, 300 * scale})};
    OverlayOptions options = without_labels();
    options.tint = 0;
    options.line_width_px = 0;
    const Image<Rgb8> picture = draw_detections(photo.view(), detections, {}, options);
    int width = 0;
    for (int x = 50 * scale; x < 200 * scale; ++x) {
      width += picture(x, 200 * scale) == kPhoto ? 0 : 1;
    }
    return static_cast<double>(width) / scale;
  };
  CHECK(share_of_border(3) == doctest::Approx(share_of_border(1)).epsilon(0.35));
}

TEST_CASE("nothing found leaves the photo as it is") {
  const Image<Rgb8> photo(20, 10, kPhoto);
  const Image<Rgb8> picture = draw_detections(photo.view(), {});
  for (int y = 0; y < 10; ++y) {
    for (int x = 0; x < 20; ++x) CHECK(picture(x, y) == kPhoto);
  }
}

TEST_CASE("detections outside of the picture and without extent are drawn without harm") {
  const Image<Rgb8> photo(60, 40, kPhoto);
  const std::vector<Detection> detections{detection(1, {-20, -20, 10, 10}),
                                          detection(1, {100, 100, 120, 120}),
                                          detection(1, {50, 30, 90, 90}), Detection{}};
  const Image<Rgb8> picture = draw_detections(photo.view(), detections);
  CHECK(picture(3, 3) != kPhoto);
}

TEST_CASE("an empty photo and senseless options are refused") {
  CHECK_THROWS_AS((void)draw_detections({}, {}), Error);
  const Image<Rgb8> photo(20, 10, kPhoto);
  OverlayOptions options;
  options.tint = 2.0F;
  CHECK_THROWS_AS((void)draw_detections(photo.view(), {}, {}, options), Error);
  options = {};
  options.line_width_px = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS((void)draw_detections(photo.view(), {}, {}, options), Error);
  options = {};
  options.threads = -1;
  CHECK_THROWS_AS((void)draw_detections(photo.view(), {}, {}, options), Error);
}

}  // namespace
}  // namespace sam6d
