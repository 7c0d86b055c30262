#pragma once

#include <ATen/core/Tensor.h>

#include "sam6d/export.hpp"

/// Many small rigid motions at once; sampling.hpp says what holds for all operators.
namespace sam6d::ops {

/// covariance: (n,3,3) float64, entry (i,j) the sum of a_i b_j over pairs of centred points.
/// Returns (n,3,3) float32: the least-squares rotations from a to b, in closed form (Horn 1987),
/// proper ones also for mirrored or flat clouds. Of several that fit equally it is one, and the
/// identity for a covariance of 0.
[[nodiscard]] SAM6D_API at::Tensor closest_rotations(const at::Tensor& covariance);

/// b = R a + t.
struct TripleFits {
  at::Tensor R;         ///< (B,P,3,3) float32
  at::Tensor t;         ///< (B,P,3) float32
  at::Tensor residual;  ///< (B,P) float32: mean distance of the three points a to R^T (b - t)
};

/// Motions through three pairs of points each. a: (B,n,3) float32; b: (B,m,3) float32; a_idx and
/// b_idx: (B,3P) int32, indices of the pairs, those of a fit one after the other. Every pair weighs
/// 1 / (3 + 1e-5), as the pose solvers of SAM-6D have it, by which t is 3e-6 too short. Indices
/// outside the clouds are clamped to them.
[[nodiscard]] SAM6D_API TripleFits fit_triples(const at::Tensor& a, const at::Tensor& b,
                                               const at::Tensor& a_idx, const at::Tensor& b_idx);

}  // namespace sam6d::ops
