#pragma once

#include <cmath>
#include <numbers>

#include "sam6d/mesh.hpp"

namespace sam6d::test {

/// A cuboid about the origin; sides are cut into `cuts` x `cuts` squares of two triangles.
inline TriangleMesh box_mesh(const Eigen::Vector3f& size_m, int cuts = 1) {
  TriangleMesh mesh;
  for (int axis = 0; axis < 3; ++axis) {
    for (const float side : {-0.5F, 0.5F}) {
      const int first = static_cast<int>(mesh.vertices_m.size());
      for (int i = 0; i <= cuts; ++i) {
        for (int j = 0; j <= cuts; ++j) {
          Eigen::Vector3f point;
          point[axis] = side;
          point[(axis + 1) % 3] = static_cast<float>(i) / static_cast<float>(cuts) - 0.5F;
          point[(axis + 2) % 3] = static_cast<float>(j) / static_cast<float>(cuts) - 0.5F;
          mesh.vertices_m.push_back(point.cwiseProduct(size_m));
        }
      }
      for (int i = 0; i < cuts; ++i) {
        for (int j = 0; j < cuts; ++j) {
          const int a = first + i * (cuts + 1) + j;
          const int b = a + cuts + 1;
          if (side > 0) {
            mesh.faces.emplace_back(a, b, b + 1);
            mesh.faces.emplace_back(a, b + 1, a + 1);
          } else {
            mesh.faces.emplace_back(a, b + 1, b);
            mesh.faces.emplace_back(a, a + 1, b + 1);
          }
        }
      }
    }
  }
  return mesh;
}

/// A closed cylinder about the z axis, its middle at the origin.
inline TriangleMesh cylinder_mesh(float radius_m, float height_m, int segments = 72) {
  TriangleMesh mesh;
  for (int i = 0; i < segments; ++i) {
    const double angle = 2.0 * std::numbers::pi * i / segments;
    const auto x = static_cast<float>(radius_m * std::cos(angle));
    const auto y = static_cast<float>(radius_m * std::sin(angle));
    mesh.vertices_m.emplace_back(x, y, -0.5F * height_m);
    mesh.vertices_m.emplace_back(x, y, 0.5F * height_m);
  }
  mesh.vertices_m.emplace_back(0.0F, 0.0F, -0.5F * height_m);
  mesh.vertices_m.emplace_back(0.0F, 0.0F, 0.5F * height_m);
  for (int i = 0; i < segments; ++i) {
    const int a = 2 * i;
    const int b = 2 * ((i + 1) % segments);
    mesh.faces.emplace_back(a, b, b + 1);
    mesh.faces.emplace_back(a, b + 1, a + 1);
    mesh.faces.emplace_back(2 * segments, b, a);
    mesh.faces.emplace_back(2 * segments + 1, a + 1, b + 1);
  }
  return mesh;
}

}  // namespace sam6d::test
