#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "nets/transformer.hpp"

namespace sam6d::nets {

/// Focused linear attention (Han et al. 2023, https://arxiv.org/abs/2308.00442): with the map
/// f(x) = |y| y^p / |y^p|, y = (relu(x) + 1e-6) / softplus(scale), norms over all channels, a head
/// gives f(q) (f(k)^T v) / (f(q) sum f(k) + 1e-6), linear in the number of queries.
struct LinearAttention {
  Linear q;
  Linear kv;
  at::Tensor scale;  ///< (channels): 1 / softplus(scale)
};
struct LinearLayer {
  LinearAttention attention;
  LayerOutput output;
};

[[nodiscard]] LinearAttention take_linear_attention(Parameters& parameters,
                                                    const std::string& prefix,
                                                    std::int64_t channels);
[[nodiscard]] LinearLayer take_linear_layer(Parameters& parameters, const std::string& prefix,
                                            std::int64_t channels);

/// x: (B,n,channels) attends to other: (B,m,channels).
[[nodiscard]] at::Tensor attend_linearly(const LinearAttention& weights, const at::Tensor& x,
                                         const at::Tensor& other, std::int64_t heads,
                                         double focusing);
[[nodiscard]] at::Tensor apply(const LinearLayer& layer, const at::Tensor& x,
                               const at::Tensor& other, std::int64_t heads, double focusing);

}  // namespace sam6d::nets
