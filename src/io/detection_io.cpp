#include "sam6d/detection_io.hpp"

#include <fstream>
#include <utility>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "io/detection_json.hpp"
#include "io/rotation.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

std::ifstream open_text(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    fail(ErrorCode::kFileNotFound, "{}: expected a file, found none", path.string());
  }
  std::ifstream text(path, std::ios::binary);
  if (!text || std::filesystem::is_directory(status)) {
    fail(ErrorCode::kBadFile, "{}: expected a file that can be read, found none", path.string());
  }
  return text;
}

}  // namespace

std::vector<DetectionEntry> detection_entries(std::span<const Detection> detections,
                                              const CameraIntrinsics& camera, double seconds,
                                              int scene_id, int image_id) {
  std::vector<DetectionEntry> entries;
  entries.reserve(detections.size());
  for (const Detection& detection : detections) {
    entries.push_back({scene_id, image_id, detection, seconds, camera.width, camera.height});
  }
  return entries;
}

void for_each_detection(const std::filesystem::path& path,
                        const std::function<void(DetectionEntry)>& use) {
  std::ifstream text = open_text(path);
  for_each_object(text, path.string(),
                  [&](const JsonCursor& entry) { use(read_detection(entry)); });
}

std::vector<DetectionEntry> load_detections(const std::filesystem::path& path) {
  std::vector<DetectionEntry> entries;
  for_each_detection(path, [&](DetectionEntry entry) { entries.push_back(std::move(entry)); });
  return entries;
}

std::vector<Detection> load_detections(const std::filesystem::path& path,
                                       const CameraIntrinsics& camera) {
  std::vector<Detection> detections;
  for_each_detection(path, [&](DetectionEntry entry) {
    if (entry.width != 0 && (entry.width != camera.width || entry.height != camera.height)) {
      fail(ErrorCode::kBadFile,
           "{}[{}]: expected masks of the picture's size, {} x {}, found {} x {}", path.string(),
           detections.size(), camera.width, camera.height, entry.width, entry.height);
    }
    detections.push_back(std::move(entry.detection));
  });
  return detections;
}

std::string detection_json(const DetectionEntry& entry) { return detection_to_json(entry).dump(); }

void save_detections(const std::filesystem::path& path, std::span<const DetectionEntry> entries) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const DetectionEntry& entry : entries) list.push_back(detection_to_json(entry));
  write_text_file(path, lines_of(list) + "\n");
}

std::vector<PoseEntry> pose_entries(std::span<const PoseResult> results,
                                    const CameraIntrinsics& camera, double seconds, int scene_id,
                                    int image_id) {
  std::vector<PoseEntry> entries;
  for (const PoseResult& result : results) {
    if (!result.pose) continue;
    PoseEntry entry;
    entry.found = {scene_id, image_id, result.detection, seconds, camera.width, camera.height};
    entry.found.detection.score *= result.pose->score;
    entry.cam_from_obj = result.pose->cam_from_obj;
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<PoseEntry> load_poses(const std::filesystem::path& path) {
  std::ifstream text = open_text(path);
  std::vector<PoseEntry> entries;
  for_each_object(text, path.string(),
                  [&](const JsonCursor& entry) { entries.push_back(read_pose(entry)); });
  return entries;
}

void save_poses(const std::filesystem::path& path, std::span<const PoseEntry> entries) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const PoseEntry& entry : entries) {
    if (!is_finite(entry.cam_from_obj)) {
      log_warning("{}: a pose of object {} is not finite and was left out", path.string(),
                  entry.found.detection.object);
      continue;
    }
    nlohmann::ordered_json json = detection_to_json(entry.found);
    const auto r = entry.cam_from_obj.linear();
    json["R"] = {
        {r(0, 0), r(0, 1), r(0, 2)}, {r(1, 0), r(1, 1), r(1, 2)}, {r(2, 0), r(2, 1), r(2, 2)}};
    const Eigen::Vector3d t_mm = entry.cam_from_obj.translation() * 1000.0;
    json["t"] = {t_mm.x(), t_mm.y(), t_mm.z()};
    list.push_back(std::move(json));
  }
  write_text_file(path, lines_of(list) + "\n");
}

}  // namespace sam6d
