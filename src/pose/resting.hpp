#pragma once

#include <vector>

#include <Eigen/Core>

#include "object/geometric_features.hpp"

namespace sam6d {

/// Height of the object's centre above a plane that it touches, when `down` (unit, object frame)
/// points to the plane.
[[nodiscard]] float rest_height_m(const GeometricFeatures& object, const Eigen::Vector3f& down);

/// The directions (unit, object frame) that may be down while the object lies still on a plane:
/// those from which tilting it would raise its centre. At most ten, the lowest rest first.
[[nodiscard]] std::vector<Eigen::Vector3f> resting_directions(const GeometricFeatures& object);

/// `count` directions spread evenly over the sphere (a Fibonacci lattice).
[[nodiscard]] std::vector<Eigen::Vector3f> even_directions(int count);

}  // namespace sam6d
