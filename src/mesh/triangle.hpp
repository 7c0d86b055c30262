#pragma once

#include <cstddef>

#include <Eigen/Geometry>

#include "sam6d/mesh.hpp"

namespace sam6d {

/// Corner 0, 1 or 2 of a face, in doubles: squares of short edges underflow in single precision.
inline Eigen::Vector3d corner_m(const TriangleMesh& mesh, const Eigen::Vector3i& face, int corner) {
  return mesh.vertices_m[static_cast<std::size_t>(face[corner])].cast<double>();
}

/// Along the outward normal, as long as twice the area.
inline Eigen::Vector3d doubled_area_vector(const TriangleMesh& mesh, const Eigen::Vector3i& face) {
  const Eigen::Vector3d a = corner_m(mesh, face, 0);
  return (corner_m(mesh, face, 1) - a).cross(corner_m(mesh, face, 2) - a);
}

}  // namespace sam6d
