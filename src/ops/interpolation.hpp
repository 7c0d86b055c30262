#pragma once

#include <ATen/core/Tensor.h>

#include "sam6d/export.hpp"

/// Features of points from those of their neighbours; sampling.hpp says what holds for all
/// operators.
namespace sam6d::ops {

struct NearestThree {
  at::Tensor dist2;  ///< (B,n,3) float32: squared distances, ascending
  at::Tensor idx;    ///< (B,n,3) int32
};

/// The three nearest `known` points of each `unknown` point; of equally near ones that of the
/// smaller index comes first. Where `known` has fewer than three, what is missing has index 0 and
/// an infinite distance. unknown: (B,n,3) float32; known: (B,m,3) float32, m >= 1.
[[nodiscard]] SAM6D_API NearestThree three_nn(const at::Tensor& unknown, const at::Tensor& known);

/// Sums of three features: points (B,C,m) float32, idx (B,n,3) int32 (checked as gather_points
/// says), weight (B,n,3) float32, which nothing normalises. Returns (B,C,n).
[[nodiscard]] SAM6D_API at::Tensor three_interpolate(const at::Tensor& points,
                                                     const at::Tensor& idx,
                                                     const at::Tensor& weight);

}  // namespace sam6d::ops
