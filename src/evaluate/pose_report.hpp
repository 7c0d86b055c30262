#pragma once

#include <span>
#include <vector>

#include "sam6d/evaluate.hpp"

namespace sam6d {

/// Averages the scores of targets over all, over objects and over groups by visible share.
[[nodiscard]] PoseReport make_report(std::vector<TargetScore> targets, bool has_vsd,
                                     std::span<const double> visibility_bounds);

}  // namespace sam6d
