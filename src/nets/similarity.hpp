#pragma once

#include <ATen/core/Tensor.h>

#include "nets/pem_config.hpp"

namespace sam6d::nets {

/// Of all pairs of tokens, after each is divided by its norm: the cosine, or the distance; divided
/// by the temperature. a: (B,n,c), b: (B,m,c). Returns (B,n,m) float32.
[[nodiscard]] at::Tensor similarity(const at::Tensor& a, const at::Tensor& b,
                                    PemConfig::Similarity kind, double temperature);

}  // namespace sam6d::nets
