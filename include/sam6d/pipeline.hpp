#pragma once

#include <span>
#include <vector>

#include "sam6d/export.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/pose.hpp"
#include "sam6d/pose_estimator.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/segment_report.hpp"
#include "sam6d/segmenter.hpp"
#include "sam6d/stage_seconds.hpp"

namespace sam6d {

struct PipelineResult {
  std::vector<Detection> detections;  ///< best first
  std::vector<PoseResult> poses;      ///< one a detection, in their order
  /// "segment", "pose", and parts of these as "pose.forward".
  std::vector<StageSeconds> seconds;
  SegmentReport segmentation;  ///< what the segmenter counted; its seconds are in `seconds`
  double total_seconds = 0;
};

/// From a picture and CAD models to detections and poses.
class SAM6D_API Pipeline {
 public:
  /// Geometric backends with their defaults.
  Pipeline();
  Pipeline(Segmenter segmenter, PoseEstimator estimator);

  [[nodiscard]] ObjectModel prepare(const ObjectModel& object,
                                    const ProgressFn& progress = {}) const;
  [[nodiscard]] PipelineResult run(const Frame& frame, std::span<const ObjectModel> objects,
                                   const ProgressFn& progress = {}) const;

  [[nodiscard]] const Segmenter& segmenter() const { return segmenter_; }
  [[nodiscard]] const PoseEstimator& estimator() const { return estimator_; }

 private:
  Segmenter segmenter_;
  PoseEstimator estimator_;
};

}  // namespace sam6d
