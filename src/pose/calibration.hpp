#pragma once

#include "pose/search.hpp"

namespace sam6d {

/// What an object's colours had to do with a score.
enum class ColorEvidence {
  kCompared,  ///< they are part of it
  kNone,      ///< the CAD model has none, or they were not to be used
  kLeftOut,   ///< shape alone fits where colours did not: the object, or the colours, are others
};

/// The probability that the object is where a pose with this evidence puts it (that some pose there
/// is within a tenth of the diameter by BOP's MSSD), by logistic regressions over generated scenes
/// of many kinds; docs/algorithm.md says how they were fitted.
[[nodiscard]] float presence_probability(const PoseEvidence& evidence, float raw_score,
                                         ColorEvidence color);

}  // namespace sam6d
