#pragma once

#include <span>

#include <Eigen/Core>

#include "sam6d/export.hpp"
#include "sam6d/transform.hpp"

namespace sam6d {

/// The rotation nearest to a matrix (Frobenius norm); never a mirror image.
[[nodiscard]] SAM6D_API Eigen::Matrix3d nearest_rotation(const Eigen::Matrix3d& matrix);

/// The transform b_from_a that takes points `in_a` to their partners `in_b` with the least sum of
/// weighted squared distances (Kabsch, Acta Cryst. A32, 1976; Umeyama, PAMI 1991, without scale).
/// Empty `weights` count every pair once. Where the points do not determine it (one point, points
/// on a line) it is one of the best. Throws Error(kInvalidArgument) for sizes that differ, no
/// points, or weights that are negative, not finite or all zero.
[[nodiscard]] SAM6D_API RigidTransform fit_rigid(std::span<const Eigen::Vector3d> in_a,
                                                 std::span<const Eigen::Vector3d> in_b,
                                                 std::span<const double> weights = {});

/// Angle of a rotation, 0..pi; exact for small ones too.
[[nodiscard]] SAM6D_API double rotation_angle_rad(const Eigen::Matrix3d& rotation);

/// The rotation about a vector by its length in radians.
[[nodiscard]] SAM6D_API Eigen::Matrix3d rotation_about(const Eigen::Vector3d& axis_angle_rad);

}  // namespace sam6d
