#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "nets/parameters.hpp"

/// What networks are made of: plain structs of tensors and functions over them.
namespace sam6d::nets {

/// x W^T + b.
struct Linear {
  at::Tensor weight;  ///< (out,in)
  at::Tensor bias;    ///< (out)
};

struct LayerNorm {
  at::Tensor weight;  ///< (channels)
  at::Tensor bias;
  double epsilon = 1e-5;
};

[[nodiscard]] Linear take_linear(Parameters& parameters, const std::string& name, std::int64_t in,
                                 std::int64_t out);
[[nodiscard]] LayerNorm take_layer_norm(Parameters& parameters, const std::string& name,
                                        std::int64_t channels, double epsilon = 1e-5);

/// Several layers of the same input as one: their outputs lie side by side.
[[nodiscard]] Linear side_by_side(std::initializer_list<const Linear*> layers);

[[nodiscard]] at::Tensor apply(const Linear& layer, const at::Tensor& x);
[[nodiscard]] at::Tensor apply(const LayerNorm& layer, const at::Tensor& x);

/// Attention of heads that lie side by side in the channels: softmax(q k^T / sqrt(c)) v.
/// q: (B,n,heads*c), k and v: (B,m,heads*c), strided in any way. Returns (B,n,heads*c).
[[nodiscard]] at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                                std::int64_t heads);

/// (B,n,heads*c) as (B,heads,n,c), and back.
[[nodiscard]] at::Tensor split_heads(const at::Tensor& x, std::int64_t heads);
[[nodiscard]] at::Tensor merge_heads(const at::Tensor& x);

}  // namespace sam6d::nets
