#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ops/shared_mlp.hpp"
#include "sam6d/export.hpp"

/// Set abstraction with multi-scale grouping (PointNet++, Qi et al. 2017, sections 3.2 and 3.3), in
/// eval mode. Errors are those of the operators, see sampling.hpp.
namespace sam6d::ops {

struct GroupingScale {
  float radius = 0;  ///< in the cloud's unit
  std::int64_t sample_count = 0;
  SharedMlp mlp;  ///< of 3 + C channels
};

/// The largest value of each channel of the MLP in the neighbourhoods that query_and_group finds:
/// xyz (B,N,3), new_xyz (B,m,3), features (B,C,N) or undefined. Returns (B,out,m). On the CPU the
/// neighbourhoods are worked off in portions that stay in the cache.
[[nodiscard]] SAM6D_API at::Tensor pooled_neighbourhoods(const GroupingScale& scale,
                                                         const at::Tensor& xyz,
                                                         const at::Tensor& new_xyz,
                                                         const at::Tensor& features);

struct SetAbstraction {
  std::int64_t point_count = 0;
  std::vector<GroupingScale> scales;
};

struct AbstractedSet {
  at::Tensor new_xyz;       ///< (B,point_count,3): what furthest point sampling chose
  at::Tensor new_features;  ///< (B,sum of the scales' outputs,point_count)
};

/// xyz: (B,N,3); features: (B,C,N), or undefined.
[[nodiscard]] SAM6D_API AbstractedSet abstract_set(const SetAbstraction& module,
                                                   const at::Tensor& xyz,
                                                   const at::Tensor& features);

}  // namespace sam6d::ops
