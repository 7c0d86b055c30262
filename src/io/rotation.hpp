#pragma once

#include <Eigen/Core>

#include "sam6d/transform.hpp"

namespace sam6d {

/// Files round; what is farther from a rotation than that is none.
inline constexpr double kMaxRotationError = 0.01;

/// Largest element of |R R^T - I|; infinite for a reflection or numbers that are not finite.
[[nodiscard]] double rotation_error(const Eigen::Matrix3d& matrix);

/// From a file's rotation and translation in millimetres.
[[nodiscard]] RigidTransform transform_from_mm(const Eigen::Matrix3d& rotation,
                                               const Eigen::Vector3d& translation_mm);

/// Whether every number is finite.
[[nodiscard]] bool is_finite(const RigidTransform& transform);

}  // namespace sam6d
