#include "scenes/procedural_meshes.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include <doctest/doctest.h>

namespace sam6d::scenes {
namespace {

constexpr double kDiameter = 0.15;           // m
constexpr double kDiameterTolerance = 1e-4;  // share; float vertices
constexpr double kSymmetryTolerance = 0.02;  // of the diameter: mesh cells are a 50th of it

double volume_m3(const TriangleMesh& mesh) {
  double volume = 0;
  for (const Eigen::Vector3i& face : mesh.faces) {
    const Eigen::Vector3f& a = mesh.vertices_m[static_cast<std::size_t>(face.x())];
    const Eigen::Vector3f& b = mesh.vertices_m[static_cast<std::size_t>(face.y())];
    const Eigen::Vector3f& c = mesh.vertices_m[static_cast<std::size_t>(face.z())];
    volume += static_cast<double>(a.dot(b.cross(c))) / 6;
  }
  return volume;
}

/// Directed edges whose opposite does not occur as often: 0 for a watertight mesh.
int open_edges(const TriangleMesh& mesh) {
  std::map<std::pair<int, int>, int> edges;
  for (const Eigen::Vector3i& face : mesh.faces) {
    for (int i = 0; i < 3; ++i) ++edges[{face[i], face[(i + 1) % 3]}];
  }
  return static_cast<int>(std::ranges::count_if(edges, [&](const auto& entry) {
    const auto opposite = edges.find({entry.first.second, entry.first.first});
    return opposite == edges.end() || opposite->second != entry.second;
  }));
}

double distance_to_vertices(const TriangleMesh& mesh, const Eigen::Vector3f& point) {
  float nearest = 1e9F;
  for (const Eigen::Vector3f& v : mesh.vertices_m) nearest = std::min(nearest, (v - point).norm());
  return static_cast<double>(nearest);
}

TEST_CASE("every family gives a watertight solid of the size that was asked for") {
  for (int k = 0; k < kShapeKinds; ++k) {
    for (const std::uint64_t seed : {3U, 1007U}) {
      const ShapeModel shape = make_shape(static_cast<ShapeKind>(k), kDiameter, seed);
      CAPTURE(shape.name);
      CAPTURE(seed);
      CHECK(open_edges(shape.mesh) == 0);
      CHECK(volume_m3(shape.mesh) > 1e-6);
      CHECK(diameter_m(shape.mesh) == doctest::Approx(kDiameter).epsilon(kDiameterTolerance));
      CHECK(shape.mesh.vertices_m.size() >= 2500);
      CHECK(shape.mesh.vertices_m.size() <= 25000);
      CHECK(shape.mesh.vertex_colors.size() == shape.mesh.vertices_m.size());
    }
  }
}

TEST_CASE("the symmetries of a family leave its surface in place") {
  int checked = 0;
  for (int k = 0; k < kShapeKinds; ++k) {
    const ShapeModel shape = make_shape(static_cast<ShapeKind>(k), kDiameter, 5);
    CAPTURE(shape.name);
    const auto transforms = symmetry_transforms(shape.shape_symmetries, 0.2);
    const std::size_t stride = std::max<std::size_t>(1, transforms.size() / 4);
    for (std::size_t t = 1; t < transforms.size(); t += stride) {
      for (std::size_t i = 0; i < shape.mesh.vertices_m.size(); i += 211) {
        const Eigen::Vector3d moved = transforms[t] * shape.mesh.vertices_m[i].cast<double>();
        CHECK(distance_to_vertices(shape.mesh, moved.cast<float>()) <
              kSymmetryTolerance * kDiameter);
      }
      ++checked;
    }
  }
  CHECK(checked > 20);
}

TEST_CASE("a seed always gives the same object, another seed another one") {
  const ShapeModel first = make_shape(ShapeKind::kMug, kDiameter, 8);
  const ShapeModel again = make_shape(ShapeKind::kMug, kDiameter, 8);
  const ShapeModel other = make_shape(ShapeKind::kMug, kDiameter, 9);
  CHECK(first.mesh.vertices_m == again.mesh.vertices_m);
  CHECK(first.mesh.vertex_colors == again.mesh.vertex_colors);
  CHECK(first.mesh.vertices_m != other.mesh.vertices_m);
}

}  // namespace
}  // namespace sam6d::scenes
