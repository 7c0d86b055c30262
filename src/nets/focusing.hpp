#pragma once

#include <ATen/core/Tensor.h>

namespace sam6d::nets {

/// The feature map of focused linear attention: f(x) = |y| y^p / |y^p| with y = (relu(x) + 1e-6)
/// scale, norms over all channels. x: (B,n,channels) with contiguous rows; scale: (channels).
/// Returns a contiguous tensor. On the CPU, in float32 and for p = 3, in one pass.
[[nodiscard]] at::Tensor focused(const at::Tensor& x, const at::Tensor& scale, double power);

/// The same for any device, type and power.
[[nodiscard]] at::Tensor composed_focused(const at::Tensor& x, const at::Tensor& scale,
                                          double power);

}  // namespace sam6d::nets
