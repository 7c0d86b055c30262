#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/layers.hpp"

/// The transformers that match two clouds (GeoTransformer, Qin et al. 2022, section 3.2).
namespace sam6d::nets {

/// What follows the attention in a layer: add and normalise, then two layers with a ReLU between
/// them, add and normalise.
struct LayerOutput {
  Linear linear;
  LayerNorm norm;
  Linear expand;
  Linear squeeze;
  LayerNorm output_norm;
};

/// Attention of a cloud to itself, with the places of its points to each other.
struct SelfAttention {
  Linear qkv;
  at::Tensor position_weight;  ///< (channels,channels) of proj_p, whose bias has no effect
};
struct SelfLayer {
  SelfAttention attention;
  LayerOutput output;
};

/// Attention of one cloud to the other.
struct CrossAttention {
  Linear q;
  Linear kv;
};
struct CrossLayer {
  CrossAttention attention;
  LayerOutput output;
};

/// Both for both clouds, one after the other.
struct GeometricBlock {
  SelfLayer self;
  CrossLayer cross;
};

[[nodiscard]] SelfAttention take_self_attention(Parameters& parameters, const std::string& prefix,
                                                std::int64_t channels);
[[nodiscard]] CrossAttention take_cross_attention(Parameters& parameters, const std::string& prefix,
                                                  std::int64_t channels);
[[nodiscard]] SelfLayer take_self_layer(Parameters& parameters, const std::string& prefix,
                                        std::int64_t channels);
[[nodiscard]] CrossLayer take_cross_layer(Parameters& parameters, const std::string& prefix,
                                          std::int64_t channels);
/// Layers `prefix`layers.0 and `prefix`layers.1.
[[nodiscard]] GeometricBlock take_geometric_block(Parameters& parameters, const std::string& prefix,
                                                  std::int64_t channels);
[[nodiscard]] LayerOutput take_layer_output(Parameters& parameters, const std::string& prefix,
                                            std::int64_t channels);

/// hidden: what the attention gave; input: what it was given.
[[nodiscard]] at::Tensor apply(const LayerOutput& output, const at::Tensor& hidden,
                               const at::Tensor& input);

/// Places of a cloud's points to each other, item by item of a batch; those of one object that
/// occurs several times in it are one tensor, (n,n,channels).
using Places = std::vector<at::Tensor>;

/// softmax((q k^T + q p^T) / sqrt(c)) v with p = proj_p(place), computed as (W_p^T q) . place,
/// which takes n^2 channels steps where projecting the places would take n^2 channels^2. x:
/// (B,n,channels). `scores`, if given, becomes (B,heads,n,n), after the softmax.
[[nodiscard]] at::Tensor attend_by_place(const SelfAttention& weights, const at::Tensor& x,
                                         const Places& places, std::int64_t heads,
                                         at::Tensor* scores = nullptr);

/// Attention of x, (B,n,channels), to other, (B,m,channels).
[[nodiscard]] at::Tensor attend_across(const CrossAttention& attention, const at::Tensor& x,
                                       const at::Tensor& other, std::int64_t heads);

[[nodiscard]] at::Tensor apply(const SelfLayer& layer, const at::Tensor& x, const Places& places,
                               std::int64_t heads);
[[nodiscard]] at::Tensor apply(const CrossLayer& layer, const at::Tensor& x,
                               const at::Tensor& other, std::int64_t heads);

/// Tokens of the two clouds.
struct TokenPair {
  at::Tensor observed;
  at::Tensor object;
};

/// The second cloud attends to the first one as it is after the first one's attention.
[[nodiscard]] TokenPair apply_cross(const CrossLayer& layer, const TokenPair& tokens,
                                    std::int64_t heads);

}  // namespace sam6d::nets
