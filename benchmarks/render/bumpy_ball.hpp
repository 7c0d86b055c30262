#pragma once

#include <cmath>
#include <numbers>

#include "sam6d/mesh.hpp"

namespace sam6d::bench {

/// A bumpy, coloured ball of 0.2 m with 2 rings (rings + 1) vertices; 100 rings make 20,200.
inline TriangleMesh bumpy_ball(int rings) {
  TriangleMesh mesh;
  const int around = 2 * rings;
  for (int ring = 0; ring <= rings; ++ring) {
    for (int step = 0; step < around; ++step) {
      const double polar = std::numbers::pi * ring / rings;
      const double turn = 2 * std::numbers::pi * step / around;
      const double radius = 0.1 + 0.01 * std::sin(8 * polar) * std::cos(6 * turn);
      mesh.vertices_m.push_back(
          (radius * Eigen::Vector3d(std::sin(polar) * std::cos(turn),
                                    std::sin(polar) * std::sin(turn), 0.7 * std::cos(polar)))
              .cast<float>());
      mesh.vertex_colors.push_back({static_cast<std::uint8_t>(255 * ring / rings),
                                    static_cast<std::uint8_t>(255 * step / around), 90});
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

}  // namespace sam6d::bench
