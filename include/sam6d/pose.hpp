#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "sam6d/detection.hpp"
#include "sam6d/export.hpp"
#include "sam6d/transform.hpp"

namespace sam6d {

struct Pose {
  RigidTransform cam_from_obj = RigidTransform::Identity();
  float score = 0;  ///< probability that the pose is right, 0..1
};

/// Why a detection came back without a pose.
enum class NoPoseReason {
  kNone,            ///< there is a pose
  kTooFewPoints,    ///< too little depth under the mask
  kOutsidePicture,  ///< mask or box do not meet the picture
  kNoHypothesis,    ///< nothing in the picture resembles the object there
  kLowScore,        ///< the best pose is below the least score
  kDuplicate,       ///< another result explains the same pixels better
  kUnknownObject,   ///< the detection names an object that was not passed
  kFailed,          ///< this detection failed inside; the log says why
  kNoMask,          ///< neither mask nor box, and this backend does not search
};
[[nodiscard]] SAM6D_API std::string_view to_string(NoPoseReason reason) noexcept;

struct PoseResult {
  Detection detection;
  std::optional<Pose> pose;
  NoPoseReason reason = NoPoseReason::kNone;
  float network_score = 0;     ///< what the backend's own measure says, before calibration
  float visible_fraction = 0;  ///< of the object's silhouette at this pose, 0..1
  bool refined = false;        ///< the last step was a refinement against depth
  /// The next best poses for the same detection, best first; see GeometricPoseOptions::k_best.
  std::vector<Pose> alternatives;
};

}  // namespace sam6d
