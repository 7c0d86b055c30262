#pragma once

#include <span>
#include <vector>

#include "sam6d/evaluate.hpp"

namespace sam6d {

/// The `count` best-scored estimates, best first; of equal scores the earlier one.
[[nodiscard]] std::vector<const EstimatedPose*> best_scored(
    std::span<const EstimatedPose* const> estimates, int count);

/// The `count` most visible truths; of equally visible ones the earlier one.
[[nodiscard]] std::vector<const GroundTruthPose*> most_visible(
    std::span<const GroundTruthPose* const> truths, int count);

/// Errors of estimates (rows, in order of score) to truths (columns).
struct ErrorTable {
  std::size_t truths = 0;
  std::vector<double> errors;  ///< row after row

  [[nodiscard]] std::size_t estimates() const { return truths == 0 ? 0 : errors.size() / truths; }
  [[nodiscard]] double at(std::size_t estimate, std::size_t truth) const {
    return errors[estimate * truths + truth];
  }
};

/// Gives each estimate in turn the truth of least error below the threshold that no earlier one
/// took. Adds `weight` to the scores of the truths that were taken.
void add_matches(const ErrorTable& table, double threshold, double weight,
                 std::span<double> scores_of_truths);

}  // namespace sam6d
