#include "score_report.hpp"

#include <algorithm>

#include <fmt/format.h>

namespace sam6d::cli {
namespace {

using nlohmann::ordered_json;

std::string percent(double share) { return fmt::format("{:6.1f}", 100 * share); }

std::string pose_row(const std::string& label, const PoseScores& scores, bool has_vsd) {
  return fmt::format("{:<22}{:>8}  {}  {}  {}  {}  {}\n", label, scores.targets, percent(scores.ar),
                     has_vsd ? percent(scores.ar_vsd) : fmt::format("{:>6}", "-"),
                     percent(scores.ar_mssd), percent(scores.ar_mspd), percent(scores.add_recall));
}

std::string detection_row(const std::string& label, const DetectionScores& scores) {
  return fmt::format("{:<22}{:>8}  {}  {}  {}  {}\n", label, scores.truths, percent(scores.ap),
                     percent(scores.ap50), percent(scores.ap75), percent(scores.ar));
}

std::string object_label(const ScoreReport& report, ObjectId object) {
  const auto name = report.names.find(object);
  std::string label = fmt::format("  object {}", object);
  if (name != report.names.end() && !name->second.empty()) label += " " + name->second;
  constexpr std::size_t kMaxWidth = 21;
  return label.substr(0, kMaxWidth);
}

const char* kind_of(const ScoreReport& report) {
  return report.detection_iou == IouKind::kMask ? "masks" : "boxes";
}

std::string detection_table(const ScoreReport& report, const DetectionReport& detections) {
  std::string text = fmt::format("\n{:<22}{:>8}  {:>6}  {:>6}  {:>6}  {:>6}\n",
                                 fmt::format("Detections ({})", kind_of(report)), "truths", "AP",
                                 "AP50", "AP75", "AR");
  text += detection_row("all", detections.all);
  for (const auto& [object, scores] : detections.by_object) {
    text += detection_row(object_label(report, object), scores);
  }
  return text;
}

ordered_json to_json(const PoseScores& scores, bool has_vsd) {
  return {{"targets", scores.targets},
          {"ar", scores.ar},
          {"ar_vsd", has_vsd ? ordered_json(scores.ar_vsd) : ordered_json(nullptr)},
          {"ar_mssd", scores.ar_mssd},
          {"ar_mspd", scores.ar_mspd},
          {"add_recall", scores.add_recall}};
}

ordered_json to_json(const DetectionScores& scores) {
  return {{"truths", scores.truths},
          {"ap", scores.ap},
          {"ap50", scores.ap50},
          {"ap75", scores.ap75},
          {"ar", scores.ar}};
}

ordered_json to_json(const DetectionReport& report) {
  ordered_json objects = ordered_json::object();
  for (const auto& [object, scores] : report.by_object) {
    objects[std::to_string(object)] = to_json(scores);
  }
  return {{"all", to_json(report.all)}, {"by_object", objects}};
}

}  // namespace

std::string to_text(const ScoreReport& report) {
  const PoseReport& poses = report.poses;
  std::string text =
      fmt::format("{:<22}{:>8}  {:>6}  {:>6}  {:>6}  {:>6}  {:>6}\n", "Poses (percent)", "targets",
                  "AR", "AR_VSD", "MSSD", "MSPD", "ADD(S)");
  text += pose_row("all", poses.all, poses.has_vsd);
  text += pose_row("mean over objects", poses.mean_over_objects, poses.has_vsd);
  for (const auto& [object, scores] : poses.by_object) {
    text += pose_row(object_label(report, object), scores, poses.has_vsd);
  }
  for (const auto& group : poses.by_visibility) {
    const std::string label =
        fmt::format("  visible {:.2f}..{:.2f}", group.min_visib_fract, group.max_visib_fract);
    text += pose_row(label, group.scores, poses.has_vsd);
  }
  if (poses.mean_seconds_per_image >= 0) {
    text += fmt::format("{:.3f} s an image\n", poses.mean_seconds_per_image);
  }
  if (report.detections) text += detection_table(report, *report.detections);
  return text;
}

ordered_json to_json(const ScoreReport& report) {
  const PoseReport& poses = report.poses;
  ordered_json objects = ordered_json::object();
  for (const auto& [object, scores] : poses.by_object) {
    ordered_json entry = to_json(scores, poses.has_vsd);
    const auto name = report.names.find(object);
    if (name != report.names.end()) entry["name"] = name->second;
    objects[std::to_string(object)] = entry;
  }
  ordered_json groups = ordered_json::array();
  for (const auto& group : poses.by_visibility) {
    ordered_json entry = {{"min_visib_fract", group.min_visib_fract},
                          {"max_visib_fract", group.max_visib_fract}};
    entry.update(to_json(group.scores, poses.has_vsd));
    groups.push_back(entry);
  }
  ordered_json json = to_json(poses.all, poses.has_vsd);
  json["mean_over_objects"] = to_json(poses.mean_over_objects, poses.has_vsd);
  json["by_object"] = objects;
  json["by_visibility"] = groups;
  json["mean_seconds_per_image"] = poses.mean_seconds_per_image >= 0
                                       ? ordered_json(poses.mean_seconds_per_image)
                                       : ordered_json(nullptr);
  json["detections"] = nullptr;
  if (report.detections) {
    json["detections"] = to_json(*report.detections);
    json["detections"]["iou"] = kind_of(report);
  }
  return json;
}

}  // namespace sam6d::cli
