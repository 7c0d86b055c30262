#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "sam6d/export.hpp"

/// Operators on point sets (PointNet++, Qi et al. 2017, https://arxiv.org/abs/1706.02413), with the
/// semantics of the CUDA kernels that SAM-6D was trained with. On the CPU they use as many threads
/// as at::get_num_threads() says; on CUDA they are launched on the current stream and do not wait.
/// CPU and CUDA return the same indices. Nothing is recorded for gradients. All of them throw
/// Error(kInvalidArgument) for tensors of other types, shapes or devices than they say, and
/// Error(kDevice) when a kernel cannot be launched.
namespace sam6d::ops {

/// Indices of `count` points, each the one furthest from those before it, the first one point 0.
/// xyz: (B,N,3) float32, N >= 1. Returns (B,count) int32. Which of several equally far points is
/// taken, LaneOrder says; when all distances are 0, as with duplicates or count > N, it is point 0.
/// Coordinates that are not finite are at distance 1e10 of everything.
[[nodiscard]] SAM6D_API at::Tensor furthest_point_sampling(const at::Tensor& xyz,
                                                           std::int64_t count);

/// points: (B,C,N) float32; idx: (B,m) int32. Returns (B,C,m): out[b,c,j] = points[b,c,idx[b,j]].
/// An index outside of 0..N-1 is an Error(kInvalidArgument) on the CPU, and gives NaN on CUDA,
/// where looking at the indices would mean to wait for them.
[[nodiscard]] SAM6D_API at::Tensor gather_points(const at::Tensor& points, const at::Tensor& idx);

}  // namespace sam6d::ops
