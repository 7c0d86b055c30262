#pragma once

#include <cmath>
#include <numbers>

#include "sam6d/mesh.hpp"

namespace sam6d::test {

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
