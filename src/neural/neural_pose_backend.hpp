#pragma once

#include <memory>

#include "nets/pem_config.hpp"
#include "pose/backend.hpp"

namespace sam6d {

/// The pose estimation model behind PoseEstimator. `options` must be valid; other sizes than the
/// published ones are for weights of such a network.
[[nodiscard]] std::shared_ptr<const PoseEstimator::Backend> make_neural_pose_backend(
    const NeuralPoseOptions& options, const ProgressFn& progress = {},
    const nets::PemConfig& config = {});

}  // namespace sam6d
