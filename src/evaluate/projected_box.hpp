#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Geometry>

#include "sam6d/camera.hpp"
#include "sam6d/mask.hpp"
#include "sam6d/transform.hpp"

namespace sam6d {

/// The pixels on which an object within `bounds_m` (object frame) can fall; the whole picture when
/// part of the bounds is not in front of the camera, empty when all of them is behind it.
inline Box projected_box(const Eigen::AlignedBox3d& bounds_m, const CameraIntrinsics& camera,
                         const RigidTransform& cam_from_obj) {
  constexpr double kNearest_m = 1e-6;
  const Box picture{0, 0, camera.width, camera.height};
  Eigen::AlignedBox2d box_px;
  int in_front = 0;
  for (int i = 0; i < 8; ++i) {
    const Eigen::Vector3d corner =
        cam_from_obj * bounds_m.corner(static_cast<Eigen::AlignedBox3d::CornerType>(i));
    if (corner.z() <= kNearest_m) continue;
    ++in_front;
    box_px.extend(Eigen::Vector2d(camera.fx * corner.x() / corner.z() + camera.cx,
                                  camera.fy * corner.y() / corner.z() + camera.cy));
  }
  if (in_front == 0) return {};
  if (in_front < 8) return picture;
  // Far outside of the picture, the numbers would not fit an int.
  const auto clamp = [](double value, int size) {
    return static_cast<int>(std::clamp(value, -2.0, static_cast<double>(size) + 2.0));
  };
  return intersect(picture, Box{clamp(std::floor(box_px.min().x()) - 1, camera.width),
                                clamp(std::floor(box_px.min().y()) - 1, camera.height),
                                clamp(std::ceil(box_px.max().x()) + 2, camera.width),
                                clamp(std::ceil(box_px.max().y()) + 2, camera.height)});
}

}  // namespace sam6d
