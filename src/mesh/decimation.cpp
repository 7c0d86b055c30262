#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>
#include <vector>

#include "base/fail.hpp"
#include "mesh/edge_collapse.hpp"
#include "mesh/surface_color.hpp"
#include "mesh/triangle.hpp"
#include "mesh/weld.hpp"
#include "sam6d/mesh.hpp"

namespace sam6d {
namespace {

/// Adds up the colour of a face's surface near each of its corners. A texture is looked at in
/// several places, since a corner may lie on a line of it.
class CornerColors {
 public:
  explicit CornerColors(const TriangleMesh& mesh)
      : mesh_(mesh), textured_(!mesh.texture.empty() && !mesh.uvs.empty()) {}

  [[nodiscard]] Eigen::Vector3d at(const Eigen::Vector3i& face, int corner) const {
    constexpr std::array<float, 3> kShares{0.9F, 0.65F, 0.5F};  // of the corner itself
    if (!textured_) {
      const auto vertex = static_cast<std::size_t>(face[corner]);
      return to_vector(mesh_.vertex_colors[vertex]).cast<double>() / 255.0;
    }
    Eigen::Vector3f sum = Eigen::Vector3f::Zero();
    for (const float share : kShares) {
      for (const float split : {0.25F, 0.75F}) {
        Eigen::Vector3f weights;
        weights[corner] = share;
        weights[(corner + 1) % 3] = (1.0F - share) * split;
        weights[(corner + 2) % 3] = (1.0F - share) * (1.0F - split);
        sum += surface_color(mesh_, face, weights);
      }
    }
    return sum.cast<double>() / (2.0 * kShares.size() * 255.0);
  }

 private:
  const TriangleMesh& mesh_;
  bool textured_;
};

/// The mesh with the vertices at one place put together, their colours averaged by area.
ConnectedMesh connected(const TriangleMesh& mesh) {
  const std::vector<int> first = first_at_same_place(mesh.vertices_m);
  ConnectedMesh result;
  result.points.reserve(mesh.vertices_m.size());
  for (const Eigen::Vector3f& vertex : mesh.vertices_m) {
    result.points.push_back(vertex.cast<double>());
  }
  const bool colored = mesh.has_color();
  if (colored) result.colors.assign(result.points.size(), Eigen::Vector3d::Zero());
  std::vector<double> areas(result.points.size(), 0.0);
  const CornerColors corner_colors(mesh);
  for (const Eigen::Vector3i& face : mesh.faces) {
    const double area = doubled_area_vector(mesh, face).norm();
    std::array<int, 3> corners{};
    for (int i = 0; i < 3; ++i) {
      corners[static_cast<std::size_t>(i)] = first[static_cast<std::size_t>(face[i])];
    }
    if (!(area > 0) || corners[0] == corners[1] || corners[1] == corners[2] ||
        corners[2] == corners[0]) {
      continue;
    }
    result.faces.push_back(corners);
    if (!colored) continue;
    for (int i = 0; i < 3; ++i) {
      const auto vertex = static_cast<std::size_t>(corners[static_cast<std::size_t>(i)]);
      result.colors[vertex] += area * corner_colors.at(face, i);
      areas[vertex] += area;
    }
  }
  for (std::size_t i = 0; i < result.colors.size(); ++i) {
    if (areas[i] > 0) result.colors[i] /= areas[i];
  }
  return result;
}

/// Keeps the points that faces use.
TriangleMesh compact(const ConnectedMesh& mesh) {
  constexpr int kUnused = -1;
  TriangleMesh result;
  std::vector<int> new_index(mesh.points.size(), kUnused);
  for (const std::array<int, 3>& face : mesh.faces) {
    Eigen::Vector3i corners;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto point = static_cast<std::size_t>(face[i]);
      if (new_index[point] == kUnused) {
        new_index[point] = static_cast<int>(result.vertices_m.size());
        result.vertices_m.push_back(mesh.points[point].cast<float>());
        if (!mesh.colors.empty()) {
          result.vertex_colors.push_back(to_rgb8(255.0F * mesh.colors[point].cast<float>()));
        }
      }
      corners[static_cast<Eigen::Index>(i)] = new_index[point];
    }
    result.faces.push_back(corners);
  }
  return result;
}

}  // namespace

TriangleMesh decimated(const TriangleMesh& mesh, int target_faces) {
  constexpr int kFewestFaces = 4;
  if (target_faces < kFewestFaces) {
    fail(ErrorCode::kInvalidArgument, "target_faces: expected at least {}, found {}", kFewestFaces,
         target_faces);
  }
  if (mesh.faces.size() <= static_cast<std::size_t>(target_faces)) return mesh;
  constexpr double kColorScale = 0.01;  // of the diameter: what a change from black to white counts
  ConnectedMesh work = connected(mesh);
  collapse_edges(work, static_cast<std::size_t>(target_faces), kColorScale * diameter_m(mesh));
  TriangleMesh result = compact(work);
  const auto has_no_area = [&](const Eigen::Vector3i& face) {
    return !(doubled_area_vector(result, face).squaredNorm() > 0);
  };
  std::erase_if(result.faces, has_no_area);
  return result;
}

}  // namespace sam6d
