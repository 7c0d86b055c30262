#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "ops/lanes.hpp"

namespace sam6d::ops {

/// Coordinates apart, padded to whole vectors with NaN, which is near to nothing.
struct CoordinateRows {
  std::vector<float> x, y, z;
  int count = 0;
};

[[nodiscard]] CoordinateRows coordinate_rows(const float* xyz, int n);

/// ball_query of one query point into idx[0 .. sample_count-1]; radius2 is the squared radius.
void query_ball(const CoordinateRows& cloud, const Point<float>& query, float radius2,
                int sample_count, SimdLevel level, std::int32_t* idx);

/// three_nn of the points begin .. end-1 of `unknown`, of which `begin` is a multiple of kLanes;
/// dist2 and idx are those of the whole cloud, three a point.
void find_three_nearest(const CoordinateRows& unknown, int begin, int end,
                        const CoordinateRows& known, SimdLevel level, float* dist2,
                        std::int32_t* idx);

}  // namespace sam6d::ops
