#include "sam6d/pipeline.hpp"

#include <utility>

#include "base/stopwatch.hpp"

namespace sam6d {

Pipeline::Pipeline()
    : Pipeline(Segmenter(GeometricSegmenterOptions{}), PoseEstimator(GeometricPoseOptions{})) {}

Pipeline::Pipeline(Segmenter segmenter, PoseEstimator estimator)
    : segmenter_(std::move(segmenter)), estimator_(std::move(estimator)) {}

ObjectModel Pipeline::prepare(const ObjectModel& object, const ProgressFn& progress) const {
  return estimator_.prepare(segmenter_.prepare(object, progress), progress);
}

PipelineResult Pipeline::run(const Frame& frame, std::span<const ObjectModel> objects,
                             const ProgressFn& progress) const {
  const Stopwatch total;
  PipelineResult result;

  const Stopwatch segmentation;
  result.detections = segmenter_.segment(frame, objects, progress, &result.segmentation);
  result.seconds.push_back({"segment", segmentation.seconds()});
  for (const StageSeconds& part : std::exchange(result.segmentation.seconds, {})) {
    result.seconds.push_back({"segment." + part.stage, part.seconds});
  }

  const Stopwatch estimation;
  std::vector<StageSeconds> parts;
  result.poses = estimator_.estimate(frame, objects, result.detections, progress, &parts);
  result.seconds.push_back({"pose", estimation.seconds()});
  for (const StageSeconds& part : parts) {
    result.seconds.push_back({"pose." + part.stage, part.seconds});
  }

  result.total_seconds = total.seconds();
  return result;
}

}  // namespace sam6d
