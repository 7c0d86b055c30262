#pragma once

#include <span>

#include <Eigen/Core>

#include "mesh/rotation_group.hpp"
#include "mesh/symmetry_surface.hpp"
#include "sam6d/transform.hpp"

namespace sam6d {

/// The rotations that leave a surface in place, all of them about one point.
struct SymmetryGroup {
  enum class Kind {
    kFinite,      ///< `rotations`
    kRevolution,  ///< every rotation about `axis`, each combined with `rotations` (identity or
                  ///< flip)
    kSphere,      ///< every rotation
  };
  Kind kind = Kind::kFinite;
  RotationGroup rotations{Eigen::Matrix3d::Identity()};
  Eigen::Vector3d axis = Eigen::Vector3d::UnitZ();
  Eigen::Vector3d center = Eigen::Vector3d::Zero();  ///< from the centroid, in diameters
};

/// The rotation about a point.
[[nodiscard]] RigidTransform rotation_about_point(const Eigen::Matrix3d& rotation,
                                                  const Eigen::Vector3d& point);
/// The rotation about an axis through a point.
[[nodiscard]] RigidTransform rotation_about_point(const Eigen::Vector3d& axis, double angle_rad,
                                                  const Eigen::Vector3d& point);

/// Angles that stand for all when it is asked whether every rotation about an axis agrees.
[[nodiscard]] std::span<const double> angles_of_revolution();

/// A unit vector at a right angle to a unit vector.
[[nodiscard]] Eigen::Vector3d perpendicular(const Eigen::Vector3d& axis);

/// The symmetries of the shape, whatever its colours.
[[nodiscard]] SymmetryGroup find_shape_symmetry(const SymmetrySurface& surface);

/// Those of the shape's symmetries that leave the colours in place too.
[[nodiscard]] SymmetryGroup restricted_to_colors(const SymmetryGroup& shape,
                                                 const SymmetrySurface& surface);

}  // namespace sam6d
