#pragma once

#include <cmath>
#include <cstddef>
#include <numbers>
#include <vector>

#include "sam6d/mesh.hpp"
#include "sam6d/transform.hpp"

/// Closed meshes with a known shape, about the origin, counter-clockwise from outside.
namespace sam6d::test {

inline void append(TriangleMesh& mesh, const TriangleMesh& part) {
  const int first = static_cast<int>(mesh.vertices_m.size());
  mesh.vertices_m.insert(mesh.vertices_m.end(), part.vertices_m.begin(), part.vertices_m.end());
  mesh.vertex_colors.insert(mesh.vertex_colors.end(), part.vertex_colors.begin(),
                            part.vertex_colors.end());
  for (const Eigen::Vector3i& face : part.faces) {
    mesh.faces.push_back(face + Eigen::Vector3i::Constant(first));
  }
}

inline TriangleMesh transformed(TriangleMesh mesh, const RigidTransform& transform) {
  for (Eigen::Vector3f& vertex : mesh.vertices_m) {
    vertex = (transform * vertex.cast<double>()).cast<float>();
  }
  return mesh;
}

/// A cuboid; every side is cut into `cuts` x `cuts` squares of two triangles.
inline TriangleMesh box(const Eigen::Vector3f& size_m, int cuts = 1) {
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

struct ProfilePoint {
  float radius_m = 0;
  float z_m = 0;
};

/// The surface that a profile sweeps about the z axis. The profile runs so that the outside is to
/// its right when radius points right and z up; where it starts or ends off the axis, it is open.
inline TriangleMesh revolved(const std::vector<ProfilePoint>& profile, int segments) {
  TriangleMesh mesh;
  const int rows = static_cast<int>(profile.size());
  for (int s = 0; s < segments; ++s) {
    const double angle = 2.0 * std::numbers::pi * s / segments;
    for (const ProfilePoint& point : profile) {
      mesh.vertices_m.emplace_back(static_cast<float>(point.radius_m * std::cos(angle)),
                                   static_cast<float>(point.radius_m * std::sin(angle)), point.z_m);
    }
  }
  for (int s = 0; s < segments; ++s) {
    for (int row = 0; row + 1 < rows; ++row) {
      const int a = s * rows + row;
      const int b = (s + 1) % segments * rows + row;
      const auto index = static_cast<std::size_t>(row);
      if (profile[index].radius_m > 0) mesh.faces.emplace_back(a, b, b + 1);
      if (profile[index + 1].radius_m > 0) mesh.faces.emplace_back(a, b + 1, a + 1);
    }
  }
  return mesh;
}

inline TriangleMesh cylinder(float radius_m, float height_m, int segments = 72) {
  const float half = 0.5F * height_m;
  return revolved({{0, -half}, {radius_m, -half}, {radius_m, half}, {0, half}}, segments);
}

inline TriangleMesh cone(float radius_m, float height_m, int segments = 72) {
  return revolved({{0, 0}, {radius_m, 0}, {0, height_m}}, segments);
}

/// A prism over a regular polygon is a cylinder of few segments.
inline TriangleMesh prism(int corners, float radius_m, float height_m) {
  return cylinder(radius_m, height_m, corners);
}

/// Rows of latitude and segments of longitude.
inline TriangleMesh sphere(float radius_m, int rows = 32, int segments = 64) {
  std::vector<ProfilePoint> profile;
  for (int i = 0; i <= rows; ++i) {
    const double angle = std::numbers::pi * i / rows;
    const bool pole = i == 0 || i == rows;
    profile.push_back({pole ? 0.0F : static_cast<float>(radius_m * std::sin(angle)),
                       static_cast<float>(-radius_m * std::cos(angle))});
  }
  return revolved(profile, segments);
}

/// Area in square metres.
inline double surface_area(const TriangleMesh& mesh) {
  double area = 0;
  for (const Eigen::Vector3i& face : mesh.faces) {
    const auto corner = [&](int i) -> Eigen::Vector3d {
      return mesh.vertices_m[static_cast<std::size_t>(face[i])].cast<double>();
    };
    area += 0.5 * (corner(1) - corner(0)).cross(corner(2) - corner(0)).norm();
  }
  return area;
}

/// Cubic metres; negative for a mesh that is inside out.
inline double enclosed_volume(const TriangleMesh& mesh) {
  double volume = 0;
  for (const Eigen::Vector3i& face : mesh.faces) {
    const auto corner = [&](int i) -> Eigen::Vector3d {
      return mesh.vertices_m[static_cast<std::size_t>(face[i])].cast<double>();
    };
    volume += corner(0).dot(corner(1).cross(corner(2))) / 6.0;
  }
  return volume;
}

}  // namespace sam6d::test
