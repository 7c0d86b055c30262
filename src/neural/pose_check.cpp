#include "neural/pose_check.hpp"

#include <algorithm>

namespace sam6d {
namespace {

void give(const Hypothesis& hypothesis, PoseResult& result) {
  result.pose = Pose{hypothesis.cam_from_obj, hypothesis.probability};
  result.visible_fraction = std::clamp(hypothesis.evidence.visible, 0.0F, 1.0F);
}

}  // namespace

void check_pose(const PreparedFrame& frame, const ObjectModel& object,
                const NeuralPoseOptions& options, PoseResult& result) {
  const RigidTransform given = result.pose->cam_from_obj;
  if (options.refine) {
    const Mask& mask = result.detection.mask;
    const std::optional<Hypothesis> refined =
        refine_pose(frame, object, given, options.search, mask.empty() ? nullptr : &mask);
    if (refined) {
      give(*refined, result);
      result.refined = true;
      return;
    }
  }
  Hypothesis judged = judge_pose(frame, object, given, options.search);
  judged.cam_from_obj = given;  // without the rounding on the way
  give(judged, result);
}

PoseResult refined_result(const Frame& frame, const ObjectModel& object,
                          const RigidTransform& cam_from_obj,
                          const GeometricSearchOptions& options) {
  PoseResult result;
  result.detection.object = object.id();
  const ObjectModel ready = searchable(object, options.threads);
  const PreparedFrame prepared(frame, options);
  const std::optional<Hypothesis> best = refine_pose(prepared, ready, cam_from_obj, options);
  if (!best) {
    result.reason = NoPoseReason::kOutsidePicture;
    return result;
  }
  give(*best, result);
  result.network_score = best->raw_score;
  result.refined = true;
  result.detection.mask = visible_mask(prepared, ready, best->cam_from_obj);
  result.detection.box_px = result.detection.mask.box();
  result.detection.score = best->presence;
  return result;
}

}  // namespace sam6d
