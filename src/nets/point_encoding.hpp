#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

#include "ops/shared_mlp.hpp"

namespace sam6d::nets {

/// xyz: (B,N,3) float32. Returns (B,N,out).
[[nodiscard]] at::Tensor encode_neighbourhoods(const at::Tensor& xyz, float radius,
                                               std::int64_t sample_count,
                                               const ops::SharedMlp& mlp);

}  // namespace sam6d::nets
