#include "pose/frame_features.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "pose/made_scene.hpp"
#include "pose/search.hpp"

namespace sam6d {
namespace {

constexpr float kMostTilt = 0.999F;  // cosine; 2.6 degrees
constexpr float kMostOffset_m = 0.001F;

std::vector<TriangleMesh> two_objects() {
  return {scenes::make_shape(scenes::ShapeKind::kLabelledBox, 0.14, 5, 24).mesh,
          scenes::make_shape(scenes::ShapeKind::kBottle, 0.16, 6, 24).mesh};
}

}  // namespace

TEST_CASE("the table is found as a solid support, and objects stand out of it") {
  const std::vector<TriangleMesh> meshes = two_objects();
  const test::MadeScene scene = test::make_scene(
      meshes,
      {test::standing(meshes[0], -0.08, 0.02, 0.5), test::standing(meshes[1], 0.1, 0.0, 1.0)}, true,
      1);
  const FrameFeatures features = compute_frame_features(scene.frame(), {});
  REQUIRE(features.planes.size() >= 1);
  const SupportPlane& table = features.planes.front();
  const Eigen::Vector3f up = test::cam_from_table().linear().cast<float>().col(2);
  CHECK(table.normal.dot(up) > kMostTilt);
  const Eigen::Vector3f origin = test::cam_from_table().translation().cast<float>();
  CHECK(std::abs(table.height_m(origin)) < kMostOffset_m);
  CHECK(table.solid);
  CHECK(table.extent_m > 0.5F);

  int table_pixels = 0;
  int table_marked = 0;
  int object_pixels = 0;
  int object_marked = 0;
  for (int y = 0; y < scene.camera.height; ++y) {
    for (int x = 0; x < scene.camera.width; ++x) {
      const PixelFeatures& pixel = features.at(x, y);
      if (pixel.z_m <= 0) continue;
      const int instance = scene.instance(x, y);
      (instance == 2 ? table_pixels : object_pixels) += 1;
      if (pixel.plane == 1) (instance == 2 ? table_marked : object_marked) += 1;
    }
  }
  CHECK(table_marked > 0.97 * table_pixels);
  CHECK(object_marked < 0.12 * object_pixels);  // the rims that touch the table
}

TEST_CASE("without a flat surface there is no support, and smooth parts are measured") {
  const scenes::ShapeModel can = scenes::make_shape(scenes::ShapeKind::kVase, 0.2, 5, 24);
  const RigidTransform pose =
      test::transform(Eigen::Quaterniond(1, 1, 0, 0), Eigen::Vector3d(0, 0, 0.6));
  const test::MadeScene scene = test::make_scene({can.mesh}, {pose}, false, 2);
  const FrameFeatures features = compute_frame_features(scene.frame(), {});
  for (const SupportPlane& plane : features.planes) CHECK(plane.extent_m < 0.2F);
  REQUIRE(features.segments.size() >= 2);
  for (const SmoothSegment& segment : features.segments) CHECK(segment.extent_m < 0.25F);
}

TEST_CASE("large pictures are reduced, with the camera") {
  Image<Rgb8> rgb(1280, 720, Rgb8{100, 100, 100});
  Image<float> depth(1280, 720, 0.9F);
  const Frame frame{rgb.view(), depth.view(), {900, 900, 639.5, 359.5, 1280, 720}, {}};
  const FrameFeatures features = compute_frame_features(frame, {});
  CHECK(features.reduction == 2);
  CHECK(features.camera.width == 640);
  CHECK(features.camera.cx == doctest::Approx(319.5));
  const Eigen::Vector3f point = features.point(10, 20, features.at(10, 20).z_m);
  // The middle of the block of pixels 20, 21 x 40, 41.
  CHECK(point.x() == doctest::Approx((20.5 - 639.5) * 0.9 / 900).epsilon(1e-4));
  CHECK(point.y() == doctest::Approx((40.5 - 359.5) * 0.9 / 900).epsilon(1e-4));
}

TEST_CASE("pictures without any depth are no error") {
  Image<Rgb8> rgb(64, 48);
  Image<float> depth(64, 48, std::numeric_limits<float>::quiet_NaN());
  const Frame frame{rgb.view(), depth.view(), {60, 60, 32, 24, 64, 48}, {}};
  const FrameFeatures features = compute_frame_features(frame, {});
  CHECK(features.planes.empty());
}

}  // namespace sam6d
