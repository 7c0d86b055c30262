#include "sam6d/result_io.hpp"

#include <cmath>
#include <utility>

#include "base/fail.hpp"
#include "io/detection_json.hpp"
#include "io/result_json.hpp"
#include "io/rotation.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/version.hpp"

namespace sam6d {
namespace {

using OrderedJson = nlohmann::ordered_json;

void add_transform(OrderedJson& json, const RigidTransform& cam_from_obj) {
  const auto r = cam_from_obj.linear();
  json["R"] = {r(0, 0), r(0, 1), r(0, 2), r(1, 0), r(1, 1), r(1, 2), r(2, 0), r(2, 1), r(2, 2)};
  const Eigen::Vector3d t_mm = cam_from_obj.translation() * 1000.0;
  json["t"] = {t_mm.x(), t_mm.y(), t_mm.z()};
}

OrderedJson pose_to_json(const ResultPose& pose) {
  OrderedJson json;
  json["obj_id"] = pose.obj_id;
  json["name"] = pose.name;
  add_transform(json, pose.cam_from_obj);
  json["score"] = short_number(pose.score);
  json["bbox"] = box_to_json(pose.box_px);
  json["visible_fraction"] = short_number(pose.visible_fraction);
  json["refined"] = pose.refined;
  json["detection_score"] = short_number(pose.detection_score);
  for (const Pose& other : pose.alternatives) {
    if (!is_finite(other.cam_from_obj)) continue;
    OrderedJson alternative;
    add_transform(alternative, other.cam_from_obj);
    alternative["score"] = short_number(other.score);
    json["alternatives"].push_back(std::move(alternative));
  }
  return json;
}

std::string segmentation_text(const SegmentReport& report) {
  if (!report.has_counts) return {};
  const OrderedJson json = {{"prompts", report.prompts},
                            {"prompts_skipped", report.prompts_skipped},
                            {"proposals", report.proposals},
                            {"proposals_skipped", report.proposals_skipped},
                            {"proposals_merged", report.proposals_merged},
                            {"proposals_described", report.proposals_described}};
  return ",\n\"segmentation\": " + json.dump();
}

}  // namespace

ResultFile make_result(const PipelineResult& result, const std::map<ObjectId, std::string>& names,
                       const CameraIntrinsics& camera) {
  ResultFile file;
  double segment_seconds = 0;
  for (const StageSeconds& stage : result.seconds) {
    if (stage.stage == "segment") segment_seconds = stage.seconds;
  }
  file.detections = detection_entries(result.detections, camera, segment_seconds);
  for (const PoseResult& found : result.poses) {
    const Detection& detection = found.detection;
    if (!found.pose || !is_finite(found.pose->cam_from_obj)) {
      const NoPoseReason reason = found.pose ? NoPoseReason::kFailed : found.reason;
      file.failed.push_back({detection.object, std::string(to_string(reason))});
      continue;
    }
    ResultPose pose;
    pose.obj_id = detection.object;
    if (const auto name = names.find(pose.obj_id); name != names.end()) pose.name = name->second;
    pose.cam_from_obj = found.pose->cam_from_obj;
    pose.score = found.pose->score;
    pose.box_px = detection.box_px.empty() ? detection.mask.box() : detection.box_px;
    pose.visible_fraction = found.visible_fraction;
    pose.refined = found.refined;
    pose.detection_score = detection.score;
    pose.alternatives = found.alternatives;
    file.poses.push_back(std::move(pose));
  }
  file.seconds = result.seconds;
  file.total_seconds = result.total_seconds;
  file.segmentation = result.segmentation;
  file.version = std::string(version());
  return file;
}

void save_result(const std::filesystem::path& path, const ResultFile& result) {
  OrderedJson detections = OrderedJson::array();
  for (const DetectionEntry& entry : result.detections) {
    detections.push_back(detection_to_json(entry));
  }
  OrderedJson poses = OrderedJson::array();
  for (const ResultPose& pose : result.poses) {
    if (!is_finite(pose.cam_from_obj)) {
      fail(ErrorCode::kInvalidArgument,
           "{}: expected finite poses, found one of object {} that is "
           "not",
           path.string(), pose.obj_id);
    }
    poses.push_back(pose_to_json(pose));
  }
  const auto finite = [](double seconds) { return std::isfinite(seconds) ? seconds : 0.0; };
  OrderedJson seconds;
  seconds["total"] = finite(result.total_seconds);
  for (const StageSeconds& stage : result.seconds) seconds[stage.stage] = finite(stage.seconds);
  OrderedJson failed = OrderedJson::array();
  for (const FailedObject& object : result.failed) {
    failed.push_back({{"obj_id", object.obj_id}, {"reason", object.reason}});
  }
  const auto text_of = [](const OrderedJson& json) {
    // Names and paths may hold bytes that are no UTF-8.
    return json.dump(-1, ' ', false, OrderedJson::error_handler_t::replace);
  };
  write_text_file(
      path, "{\n\"detections\": " + lines_of(detections) + ",\n\"poses\": " + lines_of(poses) +
                ",\n\"seconds\": " + text_of(seconds) + segmentation_text(result.segmentation) +
                ",\n\"failed\": " + text_of(failed) +
                ",\n\"objects\": " + text_of(OrderedJson(result.objects)) +
                ",\n\"version\": " + text_of(OrderedJson(result.version)) + "\n}\n");
}

ResultFile load_result(const std::filesystem::path& path) {
  const nlohmann::json document = load_json(path);
  return read_result(JsonCursor(document, path.string()));
}

std::vector<ResultPose> load_any_poses(const std::filesystem::path& path) {
  const nlohmann::json document = load_json(path);
  return read_any_poses(JsonCursor(document, path.string()));
}

}  // namespace sam6d
