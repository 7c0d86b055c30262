#pragma once

#include <cstdint>

#include "ops/lanes.hpp"

namespace sam6d::ops {

/// Furthest point sampling of one cloud of n >= 1 points (x, y, z in turn) into idx[0 .. count-1].
void sample_furthest_points(const float* xyz, int n, int count, SimdLevel level, std::int32_t* idx);

}  // namespace sam6d::ops
