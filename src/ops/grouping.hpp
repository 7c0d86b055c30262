#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "sam6d/export.hpp"

/// Neighbourhoods of points; sampling.hpp says what holds for all operators.
namespace sam6d::ops {

/// For each query point the first `sample_count` points of the cloud, in the order of the cloud,
/// that lie nearer than `radius` (not at it). Slots that stay free repeat the first hit; without a
/// hit all of them are 0.
/// new_xyz: (B,m,3) float32; xyz: (B,N,3) float32, N >= 1; radius > 0 in the cloud's unit, squared
/// in float32. Returns (B,m,sample_count) int32.
[[nodiscard]] SAM6D_API at::Tensor ball_query(const at::Tensor& new_xyz, const at::Tensor& xyz,
                                              float radius, std::int64_t sample_count);

/// points: (B,C,N) float32; idx: (B,m,s) int32, checked as gather_points says. Returns (B,C,m,s):
/// out[b,c,j,k] = points[b,c,idx[b,j,k]].
[[nodiscard]] SAM6D_API at::Tensor group_points(const at::Tensor& points, const at::Tensor& idx);

/// The neighbourhoods that ball_query finds: coordinates relative to the query point, not divided
/// by the radius, then features. xyz: (B,N,3) float32; new_xyz: (B,m,3) float32; features: (B,C,N)
/// float32, or undefined for C = 0. Returns (B,3+C,m,sample_count).
[[nodiscard]] SAM6D_API at::Tensor query_and_group(const at::Tensor& xyz, const at::Tensor& new_xyz,
                                                   const at::Tensor& features, float radius,
                                                   std::int64_t sample_count);

/// All points as one group: their coordinates as they are, then features, as for query_and_group.
/// Returns (B,3+C,1,N).
[[nodiscard]] SAM6D_API at::Tensor group_all(const at::Tensor& xyz, const at::Tensor& features);

}  // namespace sam6d::ops
