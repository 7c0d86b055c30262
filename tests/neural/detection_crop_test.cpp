#include "neural/detection_crop.hpp"

#include <limits>

#include <doctest/doctest.h>

namespace sam6d {
namespace {

constexpr int kWidth = 80;
constexpr int kHeight = 60;

/// A flat grey surface a metre away; 10 mm a pixel.
struct Picture {
  Image<Rgb8> rgb{kWidth, kHeight, Rgb8{90, 100, 110}};
  Image<float> depth_m{kWidth, kHeight, 1.0F};

  [[nodiscard]] Frame frame() const {
    return {rgb.view(), depth_m.view(), {100, 100, 40, 30, kWidth, kHeight}, {}};
  }
};

Detection with_mask(const Box& box) {
  Detection detection;
  detection.mask = Mask(box);
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) detection.mask.set(x, y);
  }
  return detection;
}

TEST_CASE("more than 32 pixels with depth are needed") {
  Picture picture;
  const Detection detection = with_mask({10, 10, 21, 13});  // 33 pixels
  CHECK(crop_detection(picture.frame(), detection, 1, false).crop);
  picture.depth_m(15, 11) = std::numeric_limits<float>::quiet_NaN();
  CHECK(crop_detection(picture.frame(), detection, 1, false).reason == NoPoseReason::kTooFewPoints);
  picture.depth_m(15, 11) = 0;
  CHECK(crop_detection(picture.frame(), detection, 1, false).reason == NoPoseReason::kTooFewPoints);
}

TEST_CASE("what lies outside of the picture or its region is left out, and said") {
  const Picture picture;
  const auto reason = [&](const Detection& detection, std::optional<Roi> roi = {}) {
    Frame frame = picture.frame();
    frame.roi = roi;
    return crop_detection(frame, detection, 1, false).reason;
  };
  CHECK(reason(with_mask({100, 10, 120, 30})) == NoPoseReason::kOutsidePicture);
  CHECK(reason(with_mask({-20, -20, 0, 10})) == NoPoseReason::kOutsidePicture);
  CHECK(reason(with_mask({10, 10, 30, 30}), Roi{40, 0, 80, 60}) == NoPoseReason::kOutsidePicture);
  CHECK(reason(with_mask({-5, -5, 2, 2})) == NoPoseReason::kTooFewPoints);
  CHECK(reason(Detection{}) == NoPoseReason::kNoMask);
  Detection empty_mask;
  empty_mask.mask = Mask(Box{10, 10, 30, 30});  // no pixel is on
  CHECK(reason(empty_mask) == NoPoseReason::kOutsidePicture);

  const DetectionCrop partly =
      crop_detection(picture.frame(), with_mask({-5, 20, 15, 40}), 1, false);
  REQUIRE(partly.crop);
  CHECK(partly.crop->pixels.size() == 15 * 20);
}

TEST_CASE("a detection without a mask is its box") {
  const Picture picture;
  Detection detection;
  detection.box_px = {10, 10, 30, 30};
  const DetectionCrop found = crop_detection(picture.frame(), detection, 1, false);
  REQUIRE(found.crop);
  CHECK(found.crop->box_px == Box{10, 10, 30, 30});
  CHECK(found.crop->pixels.size() == 400);
}

TEST_CASE("far points are not sampled, but stay in the picture") {
  Picture picture;
  for (int y = 10; y < 15; ++y) {
    for (int x = 10; x < 30; ++x) picture.depth_m(x, y) = 3;
  }
  const Detection detection = with_mask({10, 10, 30, 30});
  // The mean is at 1.5 m: the far quarter is 1.5 m from it, the near part half a metre.
  const DetectionCrop found = crop_detection(picture.frame(), detection, 1.0, false);
  REQUIRE(found.crop);
  CHECK(found.crop->pixels.size() == 300);
  for (const Eigen::Vector3f& point : found.crop->points_m) CHECK(point.z() == 1);
  CHECK(found.crop->rgb(0, 0) == Rgb8{90, 100, 110});
  CHECK(crop_detection(picture.frame(), detection, 1e-3, false).reason ==
        NoPoseReason::kTooFewPoints);
}

TEST_CASE("points are where the camera's rays meet the surface") {
  const Picture picture;
  const DetectionCrop found =
      crop_detection(picture.frame(), with_mask({50, 40, 60, 50}), 1, false);
  REQUIRE(found.crop);
  // Pixel (50, 40) is 10 px right of and 10 px below the principal point.
  CHECK(found.crop->points_m.front().isApprox(Eigen::Vector3f(0.1F, 0.1F, 1)));
}

TEST_CASE("an extent longer than the picture's shorter side keeps all of its pixels") {
  const Picture picture;
  const Detection detection = with_mask({0, 5, kWidth, 55});
  const DetectionCrop mended = crop_detection(picture.frame(), detection, 9, false);
  REQUIRE(mended.crop);
  CHECK(mended.crop->box_px == Box{0, -10, kWidth, 70});
  CHECK(mended.crop->pixels.size() == std::size_t{kWidth} * 50);
  CHECK(mended.crop->rgb(40, 5) == Rgb8{});
  const DetectionCrop cut = crop_detection(picture.frame(), detection, 9, true);
  REQUIRE(cut.crop);
  CHECK(cut.crop->pixels.size() == std::size_t{kHeight} * 50);
}

TEST_CASE("an odd extent keeps its last column and row") {
  const Picture picture;
  const Detection detection = with_mask({10, 10, 31, 31});
  CHECK(crop_detection(picture.frame(), detection, 9, false).crop->pixels.size() == 21 * 21);
  CHECK(crop_detection(picture.frame(), detection, 9, true).crop->pixels.size() == 20 * 20);
}

}  // namespace
}  // namespace sam6d
