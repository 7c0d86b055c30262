#pragma once

#include <optional>
#include <span>
#include <vector>

#include "sam6d/evaluate.hpp"
#include "sam6d/pose.hpp"

namespace sam6d::cli {

/// A pose that is known, and how far the one found for it is off.
struct TruthMatch {
  ObjectId object = 0;
  double visib_fract = 1;
  bool symmetric = false;              ///< then it is ADD-S, and turns that show nothing are free
  std::optional<double> error_m;       ///< ADD or ADD-S; nothing = not found
  std::optional<double> rotation_rad;  ///< nothing = not found
};

/// Gives every known pose the nearest result of its object within a diameter, nearest pairs
/// first, each result once. In the order of `truths`.
[[nodiscard]] std::vector<TruthMatch> match_truths(std::span<const GroundTruthPose> truths,
                                                   std::span<const PoseResult> results,
                                                   std::span<const EvaluationModel> models);

}  // namespace sam6d::cli
