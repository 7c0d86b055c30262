#pragma once

#include <ATen/core/Tensor.h>

#include "sam6d/export.hpp"

namespace sam6d::ops {

/// How far points lie from a cloud's nearest point, for each of several poses of the cloud: the
/// points are moved by R^T (p - t). points: (B,n,3); R: (B,P,3,3), t: (B,P,3): cloud to points;
/// cloud: (B,m,3), m >= 1; all float32. Returns (B,P,n) float32 distances, of differences, so that
/// small ones are exact to rounding. On the CPU a grid over the cloud lists for every cell the
/// points that can be nearest to a point in it, which gives the same as comparing with all of them.
/// Points that are not finite are infinitely far.
[[nodiscard]] SAM6D_API at::Tensor nearest_distances(const at::Tensor& points, const at::Tensor& R,
                                                     const at::Tensor& t, const at::Tensor& cloud);

}  // namespace sam6d::ops
