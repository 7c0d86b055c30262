#pragma once

#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "sam6d/camera.hpp"
#include "sam6d/detection.hpp"
#include "sam6d/export.hpp"
#include "sam6d/pose.hpp"
#include "sam6d/transform.hpp"

/// Lists of detections and poses as SAM-6D and the BOP toolkit write them (COCO results format):
/// {"scene_id", "image_id", "category_id", "bbox": [x, y, w, h], "score", "time",
/// "segmentation": {"size": [h, w], "counts": ...}}, for poses with "R" (three rows of three, model
/// to camera) and "t" (mm).
///
/// Readers throw Error(kFileNotFound) or Error(kBadFile) that names the file and the place in it;
/// writers throw Error(kWriteFailed). NaN and Infinity are neither read nor written.
namespace sam6d {

struct DetectionEntry {
  int scene_id = 0;
  int image_id = 0;
  /// `object` is the category_id. An entry with "R" and "t" has its pose as the guess.
  Detection detection;
  double seconds = 0;  ///< "time": for the whole picture
  int width = 0;       ///< of the picture; 0 = the entry has no segmentation
  int height = 0;      ///< of the picture; 0 = the entry has no segmentation
};

/// Entries for the detections of one picture.
[[nodiscard]] SAM6D_API std::vector<DetectionEntry> detection_entries(
    std::span<const Detection> detections, const CameraIntrinsics& camera, double seconds = 0,
    int scene_id = 0, int image_id = 0);

/// Reads a detections file of any length, entry by entry, in its order.
SAM6D_API void for_each_detection(const std::filesystem::path& path,
                                  const std::function<void(DetectionEntry)>& use);
[[nodiscard]] SAM6D_API std::vector<DetectionEntry> load_detections(
    const std::filesystem::path& path);
/// The detections of one picture. Also throws when a mask has another size than the camera.
[[nodiscard]] SAM6D_API std::vector<Detection> load_detections(const std::filesystem::path& path,
                                                               const CameraIntrinsics& camera);

/// An entry as one line of JSON, for who writes a long list piece by piece.
[[nodiscard]] SAM6D_API std::string detection_json(const DetectionEntry& entry);

/// Writes detection_ism.json: masks as lists of run lengths. A detection without a mask has no
/// "segmentation".
SAM6D_API void save_detections(const std::filesystem::path& path,
                               std::span<const DetectionEntry> entries);

struct PoseEntry {
  DetectionEntry found;  ///< its score is pose score x detection score
  RigidTransform cam_from_obj = RigidTransform::Identity();
};

/// Entries for the poses of one picture; results without a pose have none.
[[nodiscard]] SAM6D_API std::vector<PoseEntry> pose_entries(std::span<const PoseResult> results,
                                                            const CameraIntrinsics& camera,
                                                            double seconds = 0, int scene_id = 0,
                                                            int image_id = 0);

[[nodiscard]] SAM6D_API std::vector<PoseEntry> load_poses(const std::filesystem::path& path);
/// Writes detection_pem.json.
SAM6D_API void save_poses(const std::filesystem::path& path, std::span<const PoseEntry> entries);

}  // namespace sam6d
