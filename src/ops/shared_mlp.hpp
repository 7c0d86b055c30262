#pragma once

#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "sam6d/export.hpp"

namespace sam6d::ops {

/// One layer of a perceptron that all points share: relu(weight x + bias).
struct SharedMlpLayer {
  at::Tensor weight;  ///< (out,in) float32
  at::Tensor bias;    ///< (out,1) float32
};

using SharedMlp = std::vector<SharedMlpLayer>;

/// A 1 x 1 convolution without bias, weight (out,in,1,1), followed by a batch normalisation in eval
/// mode (four tensors (out), epsilon 1e-5), as one layer. Throws Error(kInvalidArgument) for
/// tensors of other types, shapes or devices.
[[nodiscard]] SAM6D_API SharedMlpLayer folded_layer(const at::Tensor& conv_weight,
                                                    const at::Tensor& norm_weight,
                                                    const at::Tensor& norm_bias,
                                                    const at::Tensor& running_mean,
                                                    const at::Tensor& running_var);

/// x: (B,in,...) float32. Returns (B,out,...). Throws Error(kInvalidArgument) for another number of
/// channels, type or device.
[[nodiscard]] SAM6D_API at::Tensor apply_mlp(const SharedMlp& mlp, const at::Tensor& x);

}  // namespace sam6d::ops
