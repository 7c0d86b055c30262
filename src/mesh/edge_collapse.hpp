#pragma once

#include <array>
#include <cstddef>
#include <vector>

#include <Eigen/Core>

namespace sam6d {

/// A mesh whose vertices are shared by all faces that meet there.
struct ConnectedMesh {
  std::vector<Eigen::Vector3d> points;
  std::vector<Eigen::Vector3d> colors;  ///< 0..1; empty, or one a point
  std::vector<std::array<int, 3>> faces;
};

/// Collapses edges, those first that move the surface and its colours least, until `target_faces`
/// are left. Points that no face uses any more remain. `color_scale` is the length that a full
/// difference of colour counts as.
void collapse_edges(ConnectedMesh& mesh, std::size_t target_faces, double color_scale);

}  // namespace sam6d
