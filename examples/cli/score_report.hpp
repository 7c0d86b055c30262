#pragma once

#include <map>
#include <optional>
#include <string>

#include <nlohmann/json.hpp>

#include "sam6d/evaluate.hpp"

namespace sam6d::cli {

/// What `sam6d eval` found out.
struct ScoreReport {
  PoseReport poses;
  std::optional<DetectionReport> detections;
  IouKind detection_iou = IouKind::kMask;
  std::map<ObjectId, std::string> names;  ///< may lack some
};

/// Tables for people.
[[nodiscard]] std::string to_text(const ScoreReport& report);
/// The same numbers, 0..1, under their field names.
[[nodiscard]] nlohmann::ordered_json to_json(const ScoreReport& report);

}  // namespace sam6d::cli
