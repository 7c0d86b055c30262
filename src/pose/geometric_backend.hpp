#pragma once

#include <memory>

#include "pose/backend.hpp"

namespace sam6d {

[[nodiscard]] std::shared_ptr<const PoseEstimator::Backend> make_geometric_pose_backend(
    const GeometricPoseOptions& options);

}  // namespace sam6d
