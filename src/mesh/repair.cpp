#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "mesh/triangle.hpp"
#include "sam6d/mesh.hpp"

namespace sam6d {
namespace {

struct Dropped {
  std::size_t out_of_range = 0;
  std::size_t not_finite = 0;
  std::size_t degenerate = 0;

  [[nodiscard]] std::size_t total() const { return out_of_range + not_finite + degenerate; }
};

void check_counts(const TriangleMesh& mesh, std::string_view source, const MeshLimits& limits) {
  const std::size_t vertices = mesh.vertices_m.size();
  if (vertices == 0 || mesh.faces.empty()) {
    fail(ErrorCode::kBadMesh, "{}: expected a surface of triangles, found {} vertices and {} faces",
         source, vertices, mesh.faces.size());
  }
  if (vertices > limits.max_vertices || mesh.faces.size() > limits.max_faces) {
    fail(ErrorCode::kBadMesh, "{}: expected at most {} vertices and {} faces, found {} and {}",
         source, limits.max_vertices, limits.max_faces, vertices, mesh.faces.size());
  }
  const auto check_attribute = [&](std::size_t count, const char* name) {
    if (count != 0 && count != vertices) {
      fail(ErrorCode::kBadMesh, "{}: expected no {} or one a vertex, found {} for {} vertices",
           source, name, count, vertices);
    }
  };
  check_attribute(mesh.vertex_colors.size(), "vertex colours");
  check_attribute(mesh.uvs.size(), "texture coordinates");
}

/// Keeps the usable faces, in their order.
Dropped drop_faces(TriangleMesh& mesh) {
  Dropped dropped;
  const auto count = static_cast<int>(mesh.vertices_m.size());
  const auto unusable = [&](const Eigen::Vector3i& face) {
    if (face.minCoeff() < 0 || face.maxCoeff() >= count) {
      ++dropped.out_of_range;
      return true;
    }
    for (int corner = 0; corner < 3; ++corner) {
      if (!corner_m(mesh, face, corner).allFinite()) {
        ++dropped.not_finite;
        return true;
      }
    }
    if (!(doubled_area_vector(mesh, face).squaredNorm() > 0)) {
      ++dropped.degenerate;
      return true;
    }
    return false;
  };
  std::erase_if(mesh.faces, unusable);
  return dropped;
}

/// Drops the vertices that no face uses; returns how many.
std::size_t drop_vertices(TriangleMesh& mesh) {
  constexpr int kUnused = -1;
  std::vector<int> new_index(mesh.vertices_m.size(), kUnused);
  for (const Eigen::Vector3i& face : mesh.faces) {
    for (int corner = 0; corner < 3; ++corner)
      new_index[static_cast<std::size_t>(face[corner])] = 0;
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < new_index.size(); ++i) {
    if (new_index[i] == kUnused) continue;
    mesh.vertices_m[kept] = mesh.vertices_m[i];
    if (!mesh.vertex_colors.empty()) mesh.vertex_colors[kept] = mesh.vertex_colors[i];
    if (!mesh.uvs.empty()) mesh.uvs[kept] = mesh.uvs[i];
    new_index[i] = static_cast<int>(kept++);
  }
  const std::size_t dropped = new_index.size() - kept;
  if (dropped == 0) return 0;
  mesh.vertices_m.resize(kept);
  if (!mesh.vertex_colors.empty()) mesh.vertex_colors.resize(kept);
  if (!mesh.uvs.empty()) mesh.uvs.resize(kept);
  for (Eigen::Vector3i& face : mesh.faces) {
    for (int corner = 0; corner < 3; ++corner) {
      face[corner] = new_index[static_cast<std::size_t>(face[corner])];
    }
  }
  return dropped;
}

/// Texture coordinates that are not finite become 0; returns how many.
std::size_t mend_uvs(TriangleMesh& mesh) {
  std::size_t mended = 0;
  for (Eigen::Vector2f& uv : mesh.uvs) {
    if (uv.allFinite()) continue;
    uv.setZero();
    ++mended;
  }
  return mended;
}

}  // namespace

TriangleMesh repaired(TriangleMesh mesh, std::string_view source, const MeshLimits& limits) {
  check_counts(mesh, source, limits);
  const std::size_t faces = mesh.faces.size();
  const Dropped dropped = drop_faces(mesh);
  if (mesh.faces.empty() || 2 * dropped.total() > faces) {
    fail(ErrorCode::kBadMesh,
         "{}: expected a surface of triangles, found {} faces of which {} are degenerate, {} have "
         "a vertex that is not a number and {} an index out of range",
         source, faces, dropped.degenerate, dropped.not_finite, dropped.out_of_range);
  }
  if (dropped.total() > 0) {
    log_warning(
        "{}: dropped {} of {} faces: {} degenerate, {} with a vertex that is not a number, {} with "
        "an index out of range",
        source, dropped.total(), faces, dropped.degenerate, dropped.not_finite,
        dropped.out_of_range);
  }
  const std::size_t vertices = mesh.vertices_m.size();
  if (const std::size_t unused = drop_vertices(mesh); unused > 0) {
    log_info("{}: dropped {} of {} vertices, which no face uses", source, unused, vertices);
  }
  if (const std::size_t mended = mend_uvs(mesh); mended > 0) {
    log_warning("{}: {} texture coordinates are not numbers", source, mended);
  }

  const double diameter = diameter_m(mesh);
  if (!(diameter >= limits.min_diameter_m && diameter <= limits.max_diameter_m)) {
    fail(ErrorCode::kBadMesh,
         "{}: expected a diameter of {} to {} m, found {} m; is the unit of length right?", source,
         limits.min_diameter_m, limits.max_diameter_m, diameter);
  }
  return mesh;
}

}  // namespace sam6d
