#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "sam6d/export.hpp"

namespace sam6d {

struct FrameFeatures;

/// A large flat surface: a table, a floor, a wall. What is no larger than an object may belong to
/// it; the search of an object therefore looks only at planes longer than the object.
struct SupportPlane {
  Eigen::Vector3f normal = Eigen::Vector3f::UnitZ();  ///< unit, towards the camera
  float offset_m = 0;  ///< height of the camera frame's origin above the plane
  float extent_m = 0;  ///< length of its largest connected part
  /// Nothing was measured behind it, so that nothing can stand there.
  bool solid = false;
  /// Convex outline in the coordinates of `axes`, counter-clockwise.
  std::vector<Eigen::Vector2f> outline_m;
  Eigen::Matrix<float, 2, 3> axes = Eigen::Matrix<float, 2, 3>::Zero();

  [[nodiscard]] float height_m(const Eigen::Vector3f& point) const {
    return normal.dot(point) + offset_m;
  }
  /// Whether the foot of a point lies inside the outline.
  [[nodiscard]] SAM6D_API bool covers(const Eigen::Vector3f& point, float margin_m = 0) const;
};

/// Finds the planes and marks their pixels (PixelFeatures::plane).
void find_support_planes(FrameFeatures& frame, std::uint64_t seed);

}  // namespace sam6d
