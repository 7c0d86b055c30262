#pragma once

#include "ops/lanes.hpp"

namespace sam6d::nets {

/// A query's scores, a key each, in the order of a grid of side * side keys.
struct BiasedScores {
  float* scores;  ///< count; replaced by the exponentials of their distance to the largest
  int count;
  const float* rows;     ///< side, added to the scores of each row of keys; or null
  const float* columns;  ///< side, added to those of each column
  int side;              ///< a multiple of 8 unless rows is null
};

/// Returns the sum of the exponentials, by which the caller divides what it makes of them.
[[nodiscard]] float exponentials(const BiasedScores& query, ops::SimdLevel level);

}  // namespace sam6d::nets
