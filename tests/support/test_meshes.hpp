#pragma once

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "sam6d/mesh.hpp"

namespace sam6d::test {

/// A box about the origin, each face made of two triangles that share no vertex with other faces.
inline TriangleMesh box_mesh(const Eigen::Vector3f& size_m) {
  TriangleMesh mesh;
  for (int axis = 0; axis < 3; ++axis) {
    for (const float side : {-0.5F, 0.5F}) {
      const int first = static_cast<int>(mesh.vertices_m.size());
      const int b = (axis + 1) % 3;
      const int c = (axis + 2) % 3;
      for (const auto& [along_b, along_c] : std::array<std::pair<float, float>, 4>{
               {{-0.5F, -0.5F}, {0.5F, -0.5F}, {0.5F, 0.5F}, {-0.5F, 0.5F}}}) {
        Eigen::Vector3f corner;
        corner[axis] = side * size_m[axis];
        corner[b] = along_b * size_m[b];
        corner[c] = along_c * size_m[c];
        mesh.vertices_m.push_back(corner);
      }
      const bool front = side > 0;
      mesh.faces.emplace_back(first, first + (front ? 1 : 2), first + (front ? 2 : 1));
      mesh.faces.emplace_back(first, first + (front ? 2 : 3), first + (front ? 3 : 2));
    }
  }
  return mesh;
}

/// A sphere about the origin: `rings` bands from pole to pole, 2 `rings` faces around.
inline TriangleMesh sphere_mesh(float radius_m, int rings) {
  TriangleMesh mesh;
  const int around = 2 * rings;
  for (int ring = 0; ring <= rings; ++ring) {
    const double polar = std::numbers::pi * ring / rings;
    for (int step = 0; step < around; ++step) {
      const double turn = 2 * std::numbers::pi * step / around;
      mesh.vertices_m.push_back(radius_m * Eigen::Vector3d(std::sin(polar) * std::cos(turn),
                                                           std::sin(polar) * std::sin(turn),
                                                           std::cos(polar))
                                               .cast<float>());
    }
  }
  for (int ring = 0; ring < rings; ++ring) {
    for (int step = 0; step < around; ++step) {
      const int a = ring * around + step;
      const int b = ring * around + (step + 1) % around;
      if (ring > 0) mesh.faces.emplace_back(a, a + around, b);
      if (ring + 1 < rings) mesh.faces.emplace_back(b, a + around, b + around);
    }
  }
  return mesh;
}

}  // namespace sam6d::test
