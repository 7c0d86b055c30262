#include "nets/transformer.hpp"

#include <cmath>

#include <ATen/ops/baddbmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/softmax.h>

#include "nets/relative_scores.hpp"

namespace sam6d::nets {

LayerOutput take_layer_output(Parameters& parameters, const std::string& prefix,
                              std::int64_t channels) {
  LayerOutput output;
  output.linear = take_linear(parameters, prefix + "attention.linear", channels, channels);
  output.norm = take_layer_norm(parameters, prefix + "attention.norm", channels);
  output.expand = take_linear(parameters, prefix + "output.expand", channels, 2 * channels);
  output.squeeze = take_linear(parameters, prefix + "output.squeeze", 2 * channels, channels);
  output.output_norm = take_layer_norm(parameters, prefix + "output.norm", channels);
  return output;
}

SelfAttention take_self_attention(Parameters& parameters, const std::string& prefix,
                                  std::int64_t channels) {
  const Linear q = take_linear(parameters, prefix + "proj_q", channels, channels);
  const Linear k = take_linear(parameters, prefix + "proj_k", channels, channels);
  const Linear v = take_linear(parameters, prefix + "proj_v", channels, channels);
  const Linear p = take_linear(parameters, prefix + "proj_p", channels, channels);
  if (!q.weight.defined()) return {};
  return {side_by_side({&q, &k, &v}), p.weight};
}

CrossAttention take_cross_attention(Parameters& parameters, const std::string& prefix,
                                    std::int64_t channels) {
  const Linear q = take_linear(parameters, prefix + "proj_q", channels, channels);
  const Linear k = take_linear(parameters, prefix + "proj_k", channels, channels);
  const Linear v = take_linear(parameters, prefix + "proj_v", channels, channels);
  if (!q.weight.defined()) return {};
  return {q, side_by_side({&k, &v})};
}

SelfLayer take_self_layer(Parameters& parameters, const std::string& prefix,
                          std::int64_t channels) {
  return {take_self_attention(parameters, prefix + "attention.attention.", channels),
          take_layer_output(parameters, prefix, channels)};
}

CrossLayer take_cross_layer(Parameters& parameters, const std::string& prefix,
                            std::int64_t channels) {
  return {take_cross_attention(parameters, prefix + "attention.attention.", channels),
          take_layer_output(parameters, prefix, channels)};
}

GeometricBlock take_geometric_block(Parameters& parameters, const std::string& prefix,
                                    std::int64_t channels) {
  return {take_self_layer(parameters, prefix + "layers.0.", channels),
          take_cross_layer(parameters, prefix + "layers.1.", channels)};
}

at::Tensor apply(const LayerOutput& output, const at::Tensor& hidden, const at::Tensor& input) {
  const at::Tensor attended = apply(output.norm, apply(output.linear, hidden).add_(input));
  at::Tensor expanded = apply(output.expand, attended);
  return apply(output.output_norm, apply(output.squeeze, at::relu_(expanded)).add_(attended));
}

at::Tensor attend_by_place(const SelfAttention& weights, const at::Tensor& x, const Places& places,
                           std::int64_t heads, at::Tensor* scores) {
  const std::vector<at::Tensor> qkv = apply(weights.qkv, x).chunk(3, 2);
  const at::Tensor q = split_heads(qkv[0], heads);
  const at::Tensor k = split_heads(qkv[1], heads);
  const at::Tensor v = split_heads(qkv[2], heads);
  const std::int64_t width = q.size(3);
  // W_p of a head is (width,channels); the bias gives every query a number of its own, which the
  // softmax does not see.
  const at::Tensor by_head = weights.position_weight.unflatten(0, {heads, width});
  const at::Tensor queries = at::matmul(q, by_head).transpose(1, 2);  // (B,n,heads,channels)
  const at::Tensor keys = at::matmul(q, k.transpose(2, 3)).add_(relative_scores(queries, places));
  const at::Tensor attention = at::softmax(keys.div_(std::sqrt(static_cast<double>(width))), 3);
  if (scores != nullptr) *scores = attention;
  return merge_heads(at::matmul(attention, v));
}

at::Tensor apply(const SelfLayer& layer, const at::Tensor& x, const Places& places,
                 std::int64_t heads) {
  return apply(layer.output, attend_by_place(layer.attention, x, places, heads), x);
}

at::Tensor attend_across(const CrossAttention& attention, const at::Tensor& x,
                         const at::Tensor& other, std::int64_t heads) {
  const std::vector<at::Tensor> kv = apply(attention.kv, other).chunk(2, 2);
  return attend(apply(attention.q, x), kv[0], kv[1], heads);
}

at::Tensor apply(const CrossLayer& layer, const at::Tensor& x, const at::Tensor& other,
                 std::int64_t heads) {
  return apply(layer.output, attend_across(layer.attention, x, other, heads), x);
}

TokenPair apply_cross(const CrossLayer& layer, const TokenPair& tokens, std::int64_t heads) {
  const at::Tensor observed = apply(layer, tokens.observed, tokens.object, heads);
  return {observed, apply(layer, tokens.object, observed, heads)};
}

}  // namespace sam6d::nets
