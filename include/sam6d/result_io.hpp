#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "sam6d/detection_io.hpp"
#include "sam6d/export.hpp"
#include "sam6d/pipeline.hpp"
#include "sam6d/transform.hpp"

namespace sam6d {

struct ResultPose {
  ObjectId obj_id = 0;
  std::string name;
  RigidTransform cam_from_obj = RigidTransform::Identity();
  float score = 0;  ///< probability that the pose is right, 0..1
  Box box_px;
  float visible_fraction = 0;  ///< 0..1
  bool refined = false;
  float detection_score = 0;
  std::vector<Pose> alternatives;  ///< the next best poses, best first
};

struct FailedObject {
  ObjectId obj_id = 0;
  std::string reason;
};

/// All that a run over one picture says; result.json.
struct ResultFile {
  std::vector<DetectionEntry> detections;
  std::vector<ResultPose> poses;
  std::vector<StageSeconds> seconds;
  double total_seconds = 0;
  SegmentReport segmentation;  ///< without seconds, which are above
  std::vector<FailedObject> failed;
  std::vector<std::string> objects;  ///< the files that were used
  std::string version;               ///< of the library that wrote it
};

/// What the pipeline found, with its objects' names. A result without a finite pose is listed
/// among the failed ones with its reason.
[[nodiscard]] SAM6D_API ResultFile make_result(const PipelineResult& result,
                                               const std::map<ObjectId, std::string>& names,
                                               const CameraIntrinsics& camera);

/// Writes {"detections": [...], "poses": [{"obj_id", "name", "R" (9 numbers, row-major), "t" (mm),
/// "score", "bbox", "visible_fraction", "refined", ...}], "seconds": {"total", ...}, "failed":
/// [{"obj_id", "reason"}], "objects": [...], "version"}, and of networks that segment
/// "segmentation": {"prompts", "prompts_skipped", "proposals", "proposals_skipped",
/// "proposals_merged", "proposals_described"}. Throws Error(kWriteFailed).
SAM6D_API void save_result(const std::filesystem::path& path, const ResultFile& result);

/// Throws Error(kFileNotFound) or Error(kBadFile).
[[nodiscard]] SAM6D_API ResultFile load_result(const std::filesystem::path& path);

/// The poses of a file for rendering: a single {"R": 9 numbers or three rows, "t": mm} (optionally
/// with "obj_id"), BOP's {"cam_R_m2c", "cam_t_m2c"}, a detection_pem.json or a result.json. Throws
/// Error(kFileNotFound) or Error(kBadFile).
[[nodiscard]] SAM6D_API std::vector<ResultPose> load_any_poses(const std::filesystem::path& path);

}  // namespace sam6d
