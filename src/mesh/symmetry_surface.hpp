#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "geometry/point_tree.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/transform.hpp"

namespace sam6d {

/// A mesh's surface as symmetry detection looks at it: about its centroid (which every symmetry
/// leaves in place) and in units of its diameter.
class SymmetrySurface {
 public:
  struct Point {
    Eigen::Vector3f position;
    Eigen::Vector3f normal;
  };

  SymmetrySurface(const TriangleMesh& mesh, const SymmetryDetectionOptions& options);

  [[nodiscard]] const Eigen::Vector3d& center_m() const { return center_m_; }
  [[nodiscard]] double diameter_m() const { return diameter_m_; }
  /// Farthest point from the centroid.
  [[nodiscard]] float radius() const { return radius_; }
  /// Points spread over the surface by area, in random order.
  [[nodiscard]] std::span<const Point> points() const { return points_; }
  [[nodiscard]] float distance_to_nearest_point(const Eigen::Vector3f& query) const;

  /// Whether the moved surface lies on the surface.
  [[nodiscard]] bool shape_stays_inside(const RigidTransform& transform) const;
  /// Whether the surface stays in place: both ways.
  [[nodiscard]] bool shape_agrees(const RigidTransform& transform) const;
  /// Whether the colours stay in place too, for a transform with which the shape agrees.
  [[nodiscard]] bool color_agrees(const RigidTransform& transform) const;

  /// The transform near `start` that leaves the surface in place best (point-to-plane ICP). Where
  /// it may slide along the surface it stays put.
  [[nodiscard]] RigidTransform refined(const RigidTransform& start) const;
  /// The same from a start that is nearly right, by the distance to the surface itself: it counts
  /// where points stick out beyond an edge, which is all that holds a thin plate in its plane.
  [[nodiscard]] RigidTransform polished(const RigidTransform& start) const;

 private:
  [[nodiscard]] Eigen::Vector3f closest(const Eigen::Vector3f& query) const;
  [[nodiscard]] bool color_agrees_one_way(const RigidTransform& transform) const;
  void smooth_colors(std::span<const SurfaceSample> samples);

  SymmetryDetectionOptions options_;
  Eigen::Vector3d center_m_;
  double diameter_m_;
  float radius_ = 0;
  std::vector<Point> points_;
  std::vector<std::array<Eigen::Vector3f, 3>> triangles_;  ///< one a point: the face it lies on
  std::vector<Eigen::Vector3f> colors_;  ///< one a point, 0..1, averaged over the surroundings
  std::optional<PointTree> tree_;
};

}  // namespace sam6d
