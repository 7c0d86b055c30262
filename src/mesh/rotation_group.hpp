#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <Eigen/Core>

namespace sam6d {

/// A finite group of rotations, the identity first.
using RotationGroup = std::vector<Eigen::Matrix3d>;

/// Two measured rotations nearer than this are taken for one.
inline constexpr double kSameRotation_rad = 0.07;  // 4 degrees; a 36-fold axis has steps of 10

[[nodiscard]] bool contains(const RotationGroup& group, const Eigen::Matrix3d& rotation);

/// The group that `group` and a measured rotation generate, made exact: its products lie in it to
/// rounding. Nothing when it would have over `max_size` elements, as it does for rotations that do
/// not fit together.
[[nodiscard]] std::optional<RotationGroup> extended(const RotationGroup& group,
                                                    const Eigen::Matrix3d& rotation,
                                                    std::size_t max_size = 120);

}  // namespace sam6d
