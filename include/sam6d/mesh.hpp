#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "sam6d/export.hpp"
#include "sam6d/image.hpp"
#include "sam6d/symmetry.hpp"

namespace sam6d {

/// A triangle mesh in metres, in the CAD model's own frame.
struct TriangleMesh {
  std::vector<Eigen::Vector3f> vertices_m;
  std::vector<Eigen::Vector3i> faces;  ///< indices into vertices_m, counter-clockwise from outside
  std::vector<Rgb8> vertex_colors;     ///< empty, or one a vertex
  std::vector<Eigen::Vector2f> uvs;    ///< empty, or one a vertex; (0, 0) is the texture's top left
  Image<Rgb8> texture;                 ///< empty, or with uvs

  /// Whether the surface has a colour of its own (vertex colours, or a texture with uvs).
  [[nodiscard]] bool has_color() const {
    return !vertex_colors.empty() || (!texture.empty() && !uvs.empty());
  }
};

struct MeshLimits {
  std::size_t max_vertices = 20'000'000;
  std::size_t max_faces = 40'000'000;
  double min_diameter_m = 1e-3;
  double max_diameter_m = 20.0;
};

/// Drops what cannot be used (faces that are degenerate, out of range or with a NaN vertex;
/// vertices that no face uses) and logs how much was dropped. Throws Error(kBadMesh), naming
/// `source`, when nothing is left, when more than half of the faces had to be dropped, or when a
/// limit is passed. Faces of no area at all are degenerate, thin ones are not.
[[nodiscard]] SAM6D_API TriangleMesh repaired(TriangleMesh mesh, std::string_view source,
                                              const MeshLimits& limits = {});

/// Largest distance between two vertices, exact. Vertices that are not finite are passed over.
[[nodiscard]] SAM6D_API double diameter_m(const TriangleMesh& mesh);

struct SurfaceSample {
  Eigen::Vector3f point_m;  ///< object frame
  Eigen::Vector3f normal;   ///< unit, of the face
  Rgb8 color{128, 128, 128};
};

/// `count` points spread over the surface by area, in random order, so that the first n of them are
/// spread over it too; the same seed gives the same points. Throws Error(kBadMesh) for a mesh
/// without area.
[[nodiscard]] SAM6D_API std::vector<SurfaceSample> sample_surface(const TriangleMesh& mesh,
                                                                  int count, std::uint64_t seed);

struct SymmetryDetectionOptions {
  /// Largest distance between the surface and its rotated self, as a share of the diameter
  /// (0.001 to 0.2).
  double tolerance = 0.01;
  /// Share of the surface that must stay within the tolerance. A part that sticks out by more than
  /// three tolerances breaks the symmetry even if it is much smaller than what this leaves.
  double min_share = 0.98;
  /// Also compare the surface's colours, when it has any: a printed label breaks a symmetry.
  bool use_color = true;
};

/// Rotations that leave the surface in place within a tolerance: the whole group of discrete ones
/// (of 2- to 12-fold axes and more, whatever their directions), or an axis of revolution and the
/// flip across it if there is one. A sphere gives three axes of revolution. Mirror images are no
/// rotations. Takes 0.1 to 0.6 s, whatever the size of the mesh. Surfaces that cannot be seen from
/// outside count too.
[[nodiscard]] SAM6D_API Symmetries detect_symmetries(const TriangleMesh& mesh,
                                                     const SymmetryDetectionOptions& options = {});

/// A mesh of at most `target_faces` (4 or more) faces of nearly the same shape and colours, for
/// fast rendering (edge collapse by quadric error: Garland and Heckbert, SIGGRAPH 1997). It has
/// vertex colours where `mesh` has colours or a texture. Pieces that are not connected keep four
/// faces each, so that there may be more than asked for. A mesh that is small enough is returned as
/// it is.
[[nodiscard]] SAM6D_API TriangleMesh decimated(const TriangleMesh& mesh, int target_faces);

}  // namespace sam6d
