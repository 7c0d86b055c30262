#pragma once

#include "sam6d/error.hpp"
#include "sam6d/log.hpp"
#include "sam6d/mesh_io.hpp"

namespace sam6d {

/// Options that keep a run short.
inline MeshLoadOptions fuzzed_mesh_options() {
  MeshLoadOptions options;
  options.limits.max_vertices = 100'000;
  options.limits.max_faces = 100'000;
  options.max_texture_side_px = 256;
  return options;
}

/// Calls `load`, which may throw Error; the mesh must be what load_mesh() promises.
template <class Load>
void check_fuzzed_mesh(const Load& load) {
  set_log_sink({});
  try {
    const TriangleMesh mesh = load();
    const auto count = static_cast<int>(mesh.vertices_m.size());
    bool sound = !mesh.faces.empty() && count > 0;
    sound &= mesh.vertex_colors.empty() || mesh.vertex_colors.size() == mesh.vertices_m.size();
    sound &= mesh.uvs.empty() || mesh.uvs.size() == mesh.vertices_m.size();
    for (const Eigen::Vector3f& vertex : mesh.vertices_m) sound &= vertex.allFinite();
    for (const Eigen::Vector2f& uv : mesh.uvs) sound &= uv.allFinite();
    for (const Eigen::Vector3i& face : mesh.faces) {
      sound &= face.minCoeff() >= 0 && face.maxCoeff() < count;
    }
    if (!sound) __builtin_trap();
  } catch (const Error&) {
    // The expected answer to bad input.
  }
}

}  // namespace sam6d
