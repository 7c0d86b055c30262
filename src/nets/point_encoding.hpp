#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ops/shared_mlp.hpp"
#include "sam6d/export.hpp"

namespace sam6d::nets {

/// One scale of the positional encoding of SAM-6D (Lin et al. 2024, section 3.2.3): for every point
/// the largest value of each channel of the mlp over its neighbours, those that ball_query (see
/// ops/grouping.hpp) finds within the radius. The mlp's six inputs are a neighbour's coordinates
/// relative to the point, then its own. xyz: (B,N,3) float32, N >= 1. Returns (B,N,out). Throws
/// Error(kInvalidArgument) for an mlp whose layers do not fit.
[[nodiscard]] SAM6D_API at::Tensor encode_neighbourhoods(const at::Tensor& xyz, float radius,
                                                         std::int64_t sample_count,
                                                         const ops::SharedMlp& mlp);

}  // namespace sam6d::nets
