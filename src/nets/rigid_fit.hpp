#pragma once

#include <ATen/core/Tensor.h>

#include "sam6d/export.hpp"

namespace sam6d::nets {

/// b = R a + t.
struct RigidFits {
  at::Tensor R;  ///< (B,3,3) float32, rotations
  at::Tensor t;  ///< (B,3) float32
};

/// Weighted least-squares rigid motions, a to b (Kabsch 1976; Arun et al. 1987), in closed form.
/// a, b: (B,N,3) float32; weights: (B,N) float32, or undefined for ones. Weights below
/// `weight_threshold` count as 0, and all are divided by (their sum + 1e-5), so that they do not
/// quite sum to 1, which moves the centroids. Where the points do not fix the rotation (on one
/// line, or one point) it is one of those that fit; without any weight it is the identity.
[[nodiscard]] SAM6D_API RigidFits fit_rigid(const at::Tensor& a, const at::Tensor& b,
                                            const at::Tensor& weights, float weight_threshold = 0);

}  // namespace sam6d::nets
