#include "nets/linear_attention.hpp"

#include <vector>

#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softplus.h>

namespace sam6d::nets {
namespace {

constexpr double kEpsilon = 1e-6;

at::Tensor focused(const at::Tensor& x, const at::Tensor& scale, double power) {
  const auto norm = [](const at::Tensor& v) { return at::linalg_vector_norm(v, 2, {2}, true); };
  const at::Tensor y = x.relu().add_(kEpsilon).mul_(scale);
  const at::Tensor powered = power == 3.0 ? y.square().mul_(y) : y.pow(power);
  return powered.mul(norm(y).div_(norm(powered)));
}

}  // namespace

LinearAttention take_linear_attention(Parameters& parameters, const std::string& prefix,
                                      std::int64_t channels) {
  const at::Tensor scale = parameters.take(prefix + "scale", {1, 1, channels});
  const Linear q = take_linear(parameters, prefix + "proj_q", channels, channels);
  const Linear k = take_linear(parameters, prefix + "proj_k", channels, channels);
  const Linear v = take_linear(parameters, prefix + "proj_v", channels, channels);
  if (!q.weight.defined()) return {};
  return {q, side_by_side({&k, &v}), at::softplus(scale).reciprocal().flatten()};
}

LinearLayer take_linear_layer(Parameters& parameters, const std::string& prefix,
                              std::int64_t channels) {
  return {take_linear_attention(parameters, prefix + "attention.attention.", channels),
          take_layer_output(parameters, prefix, channels)};
}

at::Tensor attend_linearly(const LinearAttention& weights, const at::Tensor& x,
                           const at::Tensor& other, std::int64_t heads, double focusing) {
  const std::vector<at::Tensor> kv = apply(weights.kv, other).chunk(2, 2);
  const at::Tensor q = split_heads(focused(apply(weights.q, x), weights.scale, focusing), heads);
  const at::Tensor k = split_heads(focused(kv[0], weights.scale, focusing), heads);
  const at::Tensor v = split_heads(kv[1], heads);
  const at::Tensor kv_sum = at::matmul(k.transpose(2, 3), v);
  const at::Tensor normaliser = at::matmul(q, k.sum(2).unsqueeze(3)).add_(kEpsilon);
  return merge_heads(at::matmul(q, kv_sum).div_(normaliser));
}

at::Tensor apply(const LinearLayer& layer, const at::Tensor& x, const at::Tensor& other,
                 std::int64_t heads, double focusing) {
  return apply(layer.output, attend_linearly(layer.attention, x, other, heads, focusing), x);
}

}  // namespace sam6d::nets
