#pragma once

#include <ATen/core/Tensor.h>

#include "ops/shared_mlp.hpp"
#include "sam6d/export.hpp"

namespace sam6d::ops {

/// Feature propagation (PointNet++, Qi et al. 2017, section 3.4), in eval mode: the features of the
/// three nearest known points, weighted by 1 / (distance + 1e-8) and normalised, then the point's
/// own features, through the MLP. unknown: (B,n,3); known: (B,m,3); unknown_features: (B,C1,n), or
/// undefined for C1 = 0; known_features: (B,C2,m); mlp: of C2 + C1 channels. Returns (B,out,n).
/// Errors are those of the operators, see sampling.hpp.
[[nodiscard]] SAM6D_API at::Tensor propagate_features(const SharedMlp& mlp,
                                                      const at::Tensor& unknown,
                                                      const at::Tensor& known,
                                                      const at::Tensor& unknown_features,
                                                      const at::Tensor& known_features);

}  // namespace sam6d::ops
