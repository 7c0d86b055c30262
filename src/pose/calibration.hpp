#pragma once

#include "pose/search.hpp"

namespace sam6d {

/// The probability that a pose with this evidence is right (within a tenth of the diameter by
/// BOP's MSSD), by a logistic regression over generated scenes of many kinds; docs/algorithm.md
/// says how it was fitted. `colored`: whether colour took part in raw_score.
[[nodiscard]] float pose_probability(const PoseEvidence& evidence, float raw_score, bool colored);

}  // namespace sam6d
