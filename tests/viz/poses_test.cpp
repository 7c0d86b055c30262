#include <limits>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include "object/object_data.hpp"
#include "sam6d/error.hpp"
#include "sam6d/renderer.hpp"
#include "sam6d/viz.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

const Rgb8 kPhoto{128, 128, 128};
const CameraIntrinsics kCamera{300, 300, 159.5, 119.5, 320, 240};

ObjectModel box_object(ObjectId id, const std::string& name = "box") {
  auto data = std::make_shared<ObjectData>();
  data->id = id;
  data->name = name;
  data->mesh = test::box({0.10F, 0.06F, 0.04F});
  data->diameter_m = 0.123;
  return ObjectModel(data);
}

PoseResult result_at(ObjectId id, const Eigen::Vector3d& t_m, double angle_rad = 0.6) {
  PoseResult result;
  result.detection.object = id;
  result.pose.emplace();
  result.pose->score = 0.9F;
  result.pose->cam_from_obj.linear() =
      Eigen::AngleAxisd(angle_rad, Eigen::Vector3d(1, 1, 0.3).normalized()).toRotationMatrix();
  result.pose->cam_from_obj.translation() = t_m;
  return result;
}

OverlayOptions only(bool OverlayOptions::*part) {
  OverlayOptions options;
  options.masks = options.contours = options.axes = options.boxes = options.labels = false;
  if (part != nullptr) options.*part = true;
  return options;
}

Image<std::uint8_t> silhouette(const TriangleMesh& mesh, const RigidTransform& pose) {
  const RenderInstance instance{0, pose};
  return Renderer({&mesh, 1}).render(kCamera, {&instance, 1}).mask();
}

/// Distance to the nearest pixel of the other kind, up to 6 px, as a square of pixels.
int to_border(const Image<std::uint8_t>& mask, int x, int y) {
  for (int radius = 1; radius <= 6; ++radius) {
    for (int v = std::max(0, y - radius); v <= std::min(mask.height() - 1, y + radius); ++v) {
      for (int u = std::max(0, x - radius); u <= std::min(mask.width() - 1, x + radius); ++u) {
        if (mask(u, v) != mask(x, y)) return radius;
      }
    }
  }
  return 7;
}

int changed(const Image<Rgb8>& picture, const Image<Rgb8>& photo) {
  int count = 0;
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) count += picture(x, y) == photo(x, y) ? 0 : 1;
  }
  return count;
}

const Image<Rgb8> kGrey(kCamera.width, kCamera.height, kPhoto);

TEST_CASE("the contour runs along the silhouette and not far from it") {
  const std::vector<ObjectModel> objects{box_object(2)};
  const std::vector<PoseResult> results{result_at(2, {0.02, -0.01, 0.4})};
  const Image<Rgb8> picture =
      draw_poses(kGrey.view(), kCamera, objects, results, only(&OverlayOptions::contours));
  const auto mask = silhouette(objects[0].mesh(), results[0].pose->cam_from_obj);
  int border = 0;
  int drawn_on_border = 0;
  for (int y = 0; y < kCamera.height; ++y) {
    for (int x = 0; x < kCamera.width; ++x) {
      const int distance = to_border(mask, x, y);
      const bool is_drawn = !(picture(x, y) == kPhoto);
      if (distance == 1) {
        ++border;
        drawn_on_border += is_drawn ? 1 : 0;
      }
      // Inside, the box has edges of its own.
      if (mask(x, y) == 0 && distance > 5) CHECK(!is_drawn);
    }
  }
  REQUIRE(border > 200);
  CHECK(drawn_on_border > 0.98 * border);
}

TEST_CASE("a sphere has no inner edges, a box does") {
  auto sphere = std::make_shared<ObjectData>();
  sphere->id = 3;
  sphere->mesh = test::sphere(0.05F, 40, 80);
  sphere->diameter_m = 0.1;
  const std::vector<ObjectModel> objects{box_object(2), ObjectModel(sphere)};
  const auto inner_pixels = [&](const PoseResult& result, const TriangleMesh& mesh) {
    const std::vector<PoseResult> results{result};
    const Image<Rgb8> picture =
        draw_poses(kGrey.view(), kCamera, objects, results, only(&OverlayOptions::contours));
    const auto mask = silhouette(mesh, result.pose->cam_from_obj);
    int count = 0;
    for (int y = 0; y < kCamera.height; ++y) {
      for (int x = 0; x < kCamera.width; ++x) {
        const bool inside = mask(x, y) != 0 && to_border(mask, x, y) > 5;
        count += inside && !(picture(x, y) == kPhoto) ? 1 : 0;
      }
    }
    return count;
  };
  CHECK(inner_pixels(result_at(2, {0, 0, 0.4}), objects[0].mesh()) > 50);
  CHECK(inner_pixels(result_at(3, {0, 0, 0.4}), objects[1].mesh()) == 0);
}

TEST_CASE("what hides behind another object has no contour there") {
  const std::vector<ObjectModel> objects{box_object(2), box_object(4)};
  const std::vector<PoseResult> results{result_at(2, {0, 0, 0.3}), result_at(4, {0, 0, 0.6})};
  const std::vector<PoseResult> front{results[0]};
  const OverlayOptions options = only(&OverlayOptions::contours);
  const Image<Rgb8> both = draw_poses(kGrey.view(), kCamera, objects, results, options);
  CHECK(changed(both, draw_poses(kGrey.view(), kCamera, objects, front, options)) == 0);
}

TEST_CASE("axes start at the object's origin in red, green and blue") {
  const std::vector<ObjectModel> objects{box_object(2)};
  const std::vector<PoseResult> results{result_at(2, {0, 0, 0.4})};
  OverlayOptions options = only(&OverlayOptions::axes);
  options.line_width_px = 4;
  const Image<Rgb8> picture = draw_poses(kGrey.view(), kCamera, objects, results, options);
  const RigidTransform& pose = results[0].pose->cam_from_obj;
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector3d point = pose.translation() + 0.025 * pose.linear().col(axis);
    const auto x = static_cast<int>(std::lround(300 * point.x() / point.z() + 159.5));
    const auto y = static_cast<int>(std::lround(300 * point.y() / point.z() + 119.5));
    const Rgb8 color = picture(x, y);
    const int channels[] = {color.r, color.g, color.b};
    for (int other = 0; other < 3; ++other) {
      if (other != axis) CHECK(channels[axis] > channels[other] + 60);
    }
  }
}

TEST_CASE("the 3D box surrounds the silhouette") {
  const std::vector<ObjectModel> objects{box_object(2)};
  const std::vector<PoseResult> results{result_at(2, {0, 0, 0.4})};
  const Image<Rgb8> picture =
      draw_poses(kGrey.view(), kCamera, objects, results, only(&OverlayOptions::boxes));
  // The object is a box itself: the corner nearest to the border of the picture is drawn.
  const Eigen::Vector3d corner = results[0].pose->cam_from_obj * Eigen::Vector3d(0.05, 0.03, 0.02);
  const auto x = static_cast<int>(std::lround(300 * corner.x() / corner.z() + 159.5));
  const auto y = static_cast<int>(std::lround(300 * corner.y() / corner.z() + 119.5));
  CHECK(!(picture(x, y) == kPhoto));
  CHECK(picture(5, 5) == kPhoto);
}

TEST_CASE("every part can be left out") {
  const std::vector<ObjectModel> objects{box_object(2)};
  std::vector<PoseResult> results{result_at(2, {0, 0, 0.4})};
  results[0].detection.mask =
      Mask::from_image(silhouette(objects[0].mesh(), results[0].pose->cam_from_obj).view());
  for (const auto part : {&OverlayOptions::masks, &OverlayOptions::contours, &OverlayOptions::axes,
                          &OverlayOptions::boxes, &OverlayOptions::labels}) {
    CHECK(changed(draw_poses(kGrey.view(), kCamera, objects, results, only(part)), kGrey) > 50);
  }
  CHECK(changed(draw_poses(kGrey.view(), kCamera, objects, results, only(nullptr)), kGrey) == 0);
}

TEST_CASE("a result without a pose shows its mask, and one of an unknown object too") {
  PoseResult result = result_at(2, {0, 0, 0.4});
  result.detection.mask = Mask(Box{20, 20, 60, 60});
  for (int y = 20; y < 60; ++y) {
    for (int x = 20; x < 60; ++x) result.detection.mask.set(x, y);
  }
  result.pose.reset();
  const std::vector<ObjectModel> objects{box_object(2)};
  const std::vector<PoseResult> results{result};
  CHECK(changed(draw_poses(kGrey.view(), kCamera, objects, results), kGrey) > 1000);
  CHECK(changed(draw_poses(kGrey.view(), kCamera, {}, results), kGrey) > 1000);
}

TEST_CASE("the render shows the model where it is and dims the rest") {
  const std::vector<ObjectModel> objects{box_object(2)};
  const std::vector<PoseResult> results{result_at(2, {0, 0, 0.4}, 0.1)};
  const Image<Rgb8> picture = draw_render(kGrey.view(), kCamera, objects, results);
  CHECK(picture(160, 120).g > kPhoto.g);  // light surface facing the camera
  CHECK(picture(5, 5).g < kPhoto.g);
  CHECK(picture(5, 5).g == picture(315, 235).g);
}

TEST_CASE("photo and render stand side by side") {
  const std::vector<ObjectModel> objects{box_object(2)};
  const std::vector<PoseResult> results{result_at(2, {0, 0, 0.4})};
  const Image<Rgb8> both = draw_photo_and_render(kGrey.view(), kCamera, objects, results);
  CHECK(both.width() > 640);
  CHECK(both.height() > 240);
  const Image<Rgb8> left = draw_poses(kGrey.view(), kCamera, objects, results);
  const int strip = both.height() - 240;
  int different = 0;
  for (int y = 0; y < 240; ++y) {
    for (int x = 0; x < 320; ++x) different += both(x, y + strip) == left(x, y) ? 0 : 1;
  }
  CHECK(different == 0);
}

TEST_CASE("the depth residual is white where measured and model agree, red behind, blue in front") {
  const std::vector<ObjectModel> objects{box_object(2)};
  const std::vector<PoseResult> results{result_at(2, {0, 0, 0.4}, 0.0)};
  const auto color_at_centre = [&](float measured_m) {
    const Image<float> depth(kCamera.width, kCamera.height, measured_m);
    const Frame frame{kGrey.view(), depth.view(), kCamera, std::nullopt};
    return draw_depth_residual(frame, objects, results, 0.02)(160, 120);
  };
  // The face of the box lies at 0.4 - 0.02 m.
  const Rgb8 equal = color_at_centre(0.38F);
  CHECK(equal.r > 250);
  CHECK(equal.b > 250);
  const Rgb8 behind = color_at_centre(0.40F);
  CHECK(behind.r > behind.b + 80);
  const Rgb8 in_front = color_at_centre(0.36F);
  CHECK(in_front.b > in_front.r + 80);
  const Rgb8 missing = color_at_centre(0.0F);
  CHECK(missing.r == missing.b);
  CHECK(color_at_centre(std::numeric_limits<float>::quiet_NaN()) == missing);
}

TEST_CASE("nothing to draw, and poses that cannot be seen, do no harm") {
  const std::vector<ObjectModel> objects{box_object(2)};
  CHECK(changed(draw_poses(kGrey.view(), kCamera, objects, {}), kGrey) == 0);
  CHECK(draw_render(kGrey.view(), kCamera, {}, {}).width() == 320);

  PoseResult not_finite = result_at(2, {0, 0, 0.4});
  not_finite.pose->cam_from_obj.translation().x() = std::numeric_limits<double>::quiet_NaN();
  const std::vector<PoseResult> unseen{result_at(2, {9, 0, 0.4}), result_at(2, {0, 0, -0.4}),
                                       result_at(7, {0, 0, 0.4}), not_finite};
  CHECK(changed(draw_poses(kGrey.view(), kCamera, objects, unseen), kGrey) == 0);

  // The camera inside of the object, and the object cut by the picture's border.
  const std::vector<PoseResult> close{result_at(2, {0, 0, 0.01}), result_at(2, {0.2, 0.15, 0.4})};
  CHECK(draw_photo_and_render(kGrey.view(), kCamera, objects, close).height() > 240);
}

TEST_CASE("instances of one object share its mesh and its colour") {
  const std::vector<ObjectModel> objects{box_object(2)};
  const std::vector<PoseResult> results{result_at(2, {-0.1, 0, 0.4}), result_at(2, {0.1, 0, 0.4})};
  const Image<Rgb8> picture = draw_poses(kGrey.view(), kCamera, objects, results);
  int left = 0;
  int right = 0;
  for (int y = 0; y < 240; ++y) {
    for (int x = 0; x < 160; ++x) {
      left += picture(x, y) == object_color(2) ? 1 : 0;
      right += picture(x + 160, y) == object_color(2) ? 1 : 0;
    }
  }
  CHECK(left > 100);
  CHECK(right > 100);
}

TEST_CASE("a photo of another size than the camera's is refused") {
  const Image<Rgb8> small(32, 24, kPhoto);
  CHECK_THROWS_AS((void)draw_poses(small.view(), kCamera, {}, {}), Error);
  CHECK_THROWS_AS((void)draw_render({}, kCamera, {}, {}), Error);
  const Image<float> depth(kCamera.width, kCamera.height, 1.0F);
  const Frame frame{kGrey.view(), depth.view(), kCamera, std::nullopt};
  CHECK_THROWS_AS((void)draw_depth_residual(frame, {}, {}, 0.0), Error);
}

}  // namespace
}  // namespace sam6d
