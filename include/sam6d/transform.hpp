#pragma once

#include <Eigen/Geometry>

namespace sam6d {

/// A rotation and a translation in metres. Variables are named `b_from_a`: they take points of
/// frame a to frame b. The layout is unaligned, so that it does not depend on the host's -mavx.
using RigidTransform = Eigen::Transform<double, 3, Eigen::Isometry, Eigen::DontAlign>;

}  // namespace sam6d
