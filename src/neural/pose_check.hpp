#pragma once

#include "pose/search.hpp"
#include "sam6d/neural_pose_options.hpp"
#include "sam6d/pose.hpp"

namespace sam6d {

/// Lets the geometric part refine the result's pose (with options.refine) and judge it: score,
/// visible fraction. `object` must be searchable.
void check_pose(const PreparedFrame& frame, const ObjectModel& object,
                const NeuralPoseOptions& options, PoseResult& result);

/// PoseEstimator::refine by the geometric part.
[[nodiscard]] PoseResult refined_result(const Frame& frame, const ObjectModel& object,
                                        const RigidTransform& cam_from_obj,
                                        const GeometricSearchOptions& options);

}  // namespace sam6d
