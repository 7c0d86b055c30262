#include "io/result_json.hpp"

#include <cstdint>
#include <limits>
#include <utility>

#include "io/detection_json.hpp"

namespace sam6d {
namespace {

constexpr std::int64_t kMaxId = std::numeric_limits<int>::max();

float optional_number(const JsonCursor& entry, const char* name) {
  const auto value = entry.find(name);
  return value ? static_cast<float>(value->number()) : 0.0F;
}

ResultPose read_result_pose(const JsonCursor& entry) {
  ResultPose pose;
  if (const auto id = entry.find("obj_id")) {
    pose.obj_id = static_cast<ObjectId>(id->integer(0, kMaxId));
  }
  if (const auto name = entry.find("name")) pose.name = name->text();
  pose.cam_from_obj = read_transform(entry);
  pose.score = optional_number(entry, "score");
  if (const auto bbox = entry.find("bbox")) pose.box_px = read_box(*bbox);
  pose.visible_fraction = optional_number(entry, "visible_fraction");
  if (const auto refined = entry.find("refined")) pose.refined = refined->boolean();
  pose.detection_score = optional_number(entry, "detection_score");
  if (const auto alternatives = entry.find("alternatives")) {
    for (const JsonCursor& other : alternatives->elements()) {
      pose.alternatives.push_back({read_transform(other), optional_number(other, "score")});
    }
  }
  return pose;
}

SegmentReport read_segmentation(const JsonCursor& counts) {
  const auto count = [&](const char* name) {
    const auto value = counts.find(name);
    return value ? static_cast<int>(value->integer(0, kMaxId)) : 0;
  };
  SegmentReport report;
  report.has_counts = true;
  report.prompts = count("prompts");
  report.prompts_skipped = count("prompts_skipped");
  report.proposals = count("proposals");
  report.proposals_skipped = count("proposals_skipped");
  report.proposals_merged = count("proposals_merged");
  report.proposals_described = count("proposals_described");
  return report;
}

}  // namespace

ResultFile read_result(const JsonCursor& root) {
  ResultFile result;
  for (const JsonCursor& entry : root.at("detections").elements()) {
    result.detections.push_back(read_detection(entry));
  }
  for (const JsonCursor& entry : root.at("poses").elements()) {
    result.poses.push_back(read_result_pose(entry));
  }
  for (const auto& [stage, seconds] : root.at("seconds").members()) {
    if (stage == "total") {
      result.total_seconds = seconds.number();
    } else {
      result.seconds.push_back({stage, seconds.number()});
    }
  }
  if (const auto counts = root.find("segmentation")) {
    result.segmentation = read_segmentation(*counts);
  }
  for (const JsonCursor& entry : root.at("failed").elements()) {
    result.failed.push_back(
        {static_cast<ObjectId>(entry.at("obj_id").integer(0, kMaxId)), entry.at("reason").text()});
  }
  for (const JsonCursor& entry : root.at("objects").elements()) {
    result.objects.push_back(entry.text());
  }
  result.version = root.at("version").text();
  return result;
}

std::vector<ResultPose> read_any_poses(const JsonCursor& root) {
  std::vector<ResultPose> poses;
  if (root.value().is_array()) {
    for (const JsonCursor& entry : root.elements()) {
      ResultPose pose = read_result_pose(entry);
      if (const auto category = entry.find("category_id")) {
        pose.obj_id = static_cast<ObjectId>(category->integer(0, kMaxId));
      }
      poses.push_back(std::move(pose));
    }
    return poses;
  }
  if (const auto list = root.find("poses")) {
    for (const JsonCursor& entry : list->elements()) poses.push_back(read_result_pose(entry));
    return poses;
  }
  if (root.find("cam_R_m2c")) {
    nlohmann::json renamed = root.value();
    renamed["R"] = root.at("cam_R_m2c").value();
    renamed["t"] = root.at("cam_t_m2c").value();
    poses.push_back(read_result_pose(JsonCursor(renamed, root.where())));
  } else {
    poses.push_back(read_result_pose(root));
  }
  return poses;
}

}  // namespace sam6d
