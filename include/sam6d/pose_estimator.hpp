#pragma once

#include <memory>
#include <span>
#include <vector>

#include "sam6d/detection.hpp"
#include "sam6d/export.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/geometric_search.hpp"
#include "sam6d/model_report.hpp"
#include "sam6d/neural_pose_options.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/pose.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/stage_seconds.hpp"

namespace sam6d {

/// Point-pair-feature voting, point-to-plane ICP, and verification against the depth picture.
struct GeometricPoseOptions {
  GeometricSearchOptions search;
  /// Poses less probable are not given (NoPoseReason::kLowScore).
  float min_score = 0.0F;
  /// How many poses to give for a detection: the best one, and k_best - 1 alternatives.
  int k_best = 1;
  /// Refine a guess that came with a detection instead of searching.
  bool trust_guess = true;
  /// Of results that explain the same pixels, or whose bodies penetrate each other, only the better
  /// one keeps its pose (NoPoseReason::kDuplicate).
  bool resolve_conflicts = true;

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

/// Finds the pose of each detection. Const methods may be called from several threads.
class SAM6D_API PoseEstimator {
 public:
  class Backend;

  explicit PoseEstimator(const GeometricPoseOptions& options);
  /// Loads the network; copies share it, and the memory goes back with the last of them. It does
  /// not keep the weights as they were given: who keeps them can load it again without reading the
  /// file. `progress`: stage "load pem". Throws Error(kNotBuilt) where the neural library is
  /// missing, Error(kBadWeights), Error(kDevice), Error(kOutOfMemory), Error(kCancelled).
  explicit PoseEstimator(const NeuralPoseOptions& options, const ProgressFn& progress = {});
  ~PoseEstimator();
  PoseEstimator(const PoseEstimator&);
  PoseEstimator& operator=(const PoseEstimator&);
  PoseEstimator(PoseEstimator&&) noexcept;
  PoseEstimator& operator=(PoseEstimator&&) noexcept;

  /// The networks that it keeps in memory; none for the geometric backend.
  [[nodiscard]] std::vector<ModelReport> models() const;

  /// A copy with what this backend wants cached, which goes into the object's bundle, too; the
  /// object itself where it has that already. Without it, estimate() computes it and logs that
  /// once.
  [[nodiscard]] ObjectModel prepare(const ObjectModel& object,
                                    const ProgressFn& progress = {}) const;

  /// One result a detection, in their order; a detection for which no pose holds comes back with
  /// the reason. `seconds` gets what the parts of the call took, as far as the backend has parts.
  /// Throws Error(kInvalidArgument) for a bad frame, Error(kCancelled).
  [[nodiscard]] std::vector<PoseResult> estimate(
      const Frame& frame, std::span<const ObjectModel> objects,
      std::span<const Detection> detections, const ProgressFn& progress = {},
      std::vector<StageSeconds>* seconds = nullptr) const;

  /// Moves a pose to where the depth picture says, and judges it. `pose` is empty when the object
  /// would not be in the picture there.
  [[nodiscard]] PoseResult refine(const Frame& frame, const ObjectModel& object,
                                  const RigidTransform& cam_from_obj) const;

 private:
  std::shared_ptr<const Backend> backend_;
};

}  // namespace sam6d
