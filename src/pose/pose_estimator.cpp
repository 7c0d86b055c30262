#include "sam6d/pose_estimator.hpp"

#include "base/neural_factory.hpp"
#include "pose/backend.hpp"
#include "pose/geometric_backend.hpp"

namespace sam6d {

PoseEstimator::PoseEstimator(const GeometricPoseOptions& options)
    : backend_(make_geometric_pose_backend(options)) {}
PoseEstimator::PoseEstimator(const NeuralPoseOptions& options, const ProgressFn& progress) {
  options.validate();
  backend_ = neural_factory().make_pose_backend(options, progress);
}
PoseEstimator::~PoseEstimator() = default;
PoseEstimator::PoseEstimator(const PoseEstimator&) = default;
PoseEstimator& PoseEstimator::operator=(const PoseEstimator&) = default;
PoseEstimator::PoseEstimator(PoseEstimator&&) noexcept = default;
PoseEstimator& PoseEstimator::operator=(PoseEstimator&&) noexcept = default;

std::vector<ModelReport> PoseEstimator::models() const { return backend_->models(); }

ObjectModel PoseEstimator::prepare(const ObjectModel& object, const ProgressFn& progress) const {
  return backend_->prepare(object, progress);
}

std::vector<PoseResult> PoseEstimator::estimate(const Frame& frame,
                                                std::span<const ObjectModel> objects,
                                                std::span<const Detection> detections,
                                                const ProgressFn& progress,
                                                std::vector<StageSeconds>* seconds) const {
  return backend_->estimate(frame, objects, detections, progress, seconds);
}

PoseResult PoseEstimator::refine(const Frame& frame, const ObjectModel& object,
                                 const RigidTransform& cam_from_obj) const {
  return backend_->refine(frame, object, cam_from_obj);
}

}  // namespace sam6d
