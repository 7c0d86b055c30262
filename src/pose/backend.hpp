#pragma once

#include <span>
#include <vector>

#include "sam6d/pose_estimator.hpp"

namespace sam6d {

/// What a PoseEstimator does; one child a kind of options, nothing deeper.
class PoseEstimator::Backend {
 public:
  Backend() = default;
  Backend(const Backend&) = delete;
  Backend& operator=(const Backend&) = delete;
  virtual ~Backend() = default;

  [[nodiscard]] virtual std::vector<ModelReport> models() const { return {}; }
  [[nodiscard]] virtual ObjectModel prepare(const ObjectModel& object,
                                            const ProgressFn& progress) const = 0;
  [[nodiscard]] virtual std::vector<PoseResult> estimate(
      const Frame& frame, std::span<const ObjectModel> objects,
      std::span<const Detection> detections, const ProgressFn& progress,
      std::vector<StageSeconds>* seconds) const = 0;
  [[nodiscard]] virtual PoseResult refine(const Frame& frame, const ObjectModel& object,
                                          const RigidTransform& cam_from_obj) const = 0;
};

}  // namespace sam6d
