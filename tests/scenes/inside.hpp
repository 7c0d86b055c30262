#pragma once

#include <algorithm>
#include <cmath>

#include <Eigen/Geometry>

#include "sam6d/mesh.hpp"

namespace sam6d::test {

/// Whether a point lies in a watertight mesh: crossings of a ray along a slanted direction are odd
/// (brute force).
inline bool inside(const TriangleMesh& mesh, const Eigen::Vector3f& point) {
  const Eigen::Vector3f direction = Eigen::Vector3f(0.317F, 0.213F, 0.911F).normalized();
  int crossings = 0;
  for (const Eigen::Vector3i& face : mesh.faces) {
    const Eigen::Vector3f& a = mesh.vertices_m[static_cast<std::size_t>(face.x())];
    const Eigen::Vector3f ab = mesh.vertices_m[static_cast<std::size_t>(face.y())] - a;
    const Eigen::Vector3f ac = mesh.vertices_m[static_cast<std::size_t>(face.z())] - a;
    const Eigen::Vector3f p = direction.cross(ac);
    const float det = ab.dot(p);
    if (det == 0) continue;
    const Eigen::Vector3f from_a = point - a;
    const float u = from_a.dot(p) / det;
    if (u < 0 || u > 1) continue;
    const Eigen::Vector3f q = from_a.cross(ab);
    const float v = direction.dot(q) / det;
    if (v < 0 || u + v > 1) continue;
    if (ac.dot(q) / det > 0) ++crossings;
  }
  return crossings % 2 == 1;
}

/// Largest depth to which a's vertices (every `step`-th) reach into b, both in their world poses:
/// the distance from the deepest such vertex to b's nearest vertex; 0 without any.
inline double penetration_m(const TriangleMesh& a, const RigidTransform& world_from_a,
                            const TriangleMesh& b, const RigidTransform& world_from_b, int step) {
  const RigidTransform b_from_a = world_from_b.inverse() * world_from_a;
  double deepest = 0;
  for (std::size_t i = 0; i < a.vertices_m.size(); i += static_cast<std::size_t>(step)) {
    const Eigen::Vector3f p = (b_from_a * a.vertices_m[i].cast<double>()).cast<float>();
    if (!inside(b, p)) continue;
    float nearest = 1e9F;
    for (const Eigen::Vector3f& v : b.vertices_m) nearest = std::min(nearest, (v - p).norm());
    deepest = std::max(deepest, static_cast<double>(nearest));
  }
  return deepest;
}

}  // namespace sam6d::test
