#include "nets/linear_attention.hpp"

#include <algorithm>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/softplus.h>
#include <ATen/ops/zeros.h>
#include <c10/core/InferenceMode.h>

#include "nets/focusing.hpp"

namespace sam6d::nets {
namespace {

constexpr double kEpsilon = 1e-6;

/// Rows of a part: with 512 channels half a megabyte.
constexpr std::int64_t kRowsAPart = 256;

/// What the queries need of the other cloud, (B,channels,channels+heads): one product with it gives
/// all heads and what they are divided by. In the columns of a head, only its own rows are not
/// zero. That is four times the arithmetic, and none of the copies that taking the heads apart
/// would cost.
at::Tensor summary_of(const LinearAttention& weights, const at::Tensor& other, std::int64_t heads,
                      double focusing) {
  const std::vector<at::Tensor> kv = apply(weights.kv, other).chunk(2, 2);
  const at::Tensor k = focused(kv[0], weights.scale, focusing);
  const std::int64_t channels = k.size(2);
  const std::int64_t width = channels / heads;
  const at::Tensor by_head = at::matmul(split_heads(k, heads).transpose(2, 3),
                                        split_heads(kv[1], heads));  // (B,heads,width,width)
  const at::Tensor sums = k.sum(1);
  at::Tensor summary = at::zeros({k.size(0), channels, channels + heads}, k.options());
  for (std::int64_t head = 0; head < heads; ++head) {
    const std::int64_t begin = head * width;
    const at::Tensor rows = summary.narrow(1, begin, width);
    rows.narrow(2, begin, width).copy_(by_head.select(1, head));
    rows.select(2, channels + head).copy_(sums.narrow(1, begin, width));
  }
  return summary;
}

at::Tensor attend_to_summary(const LinearAttention& weights, const at::Tensor& x,
                             const at::Tensor& summary, std::int64_t heads, double focusing) {
  const std::int64_t channels = x.size(2);
  const at::Tensor product =
      at::bmm(focused(apply(weights.q, x), weights.scale, focusing), summary);
  const at::Tensor normaliser = product.narrow(2, channels, heads).add(kEpsilon).unsqueeze(3);
  return product.narrow(2, 0, channels)
      .unflatten(2, {heads, channels / heads})
      .div(normaliser)
      .flatten(2);
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
  return attend_to_summary(weights, x, summary_of(weights, other, heads, focusing), heads,
                           focusing);
}

at::Tensor apply(const LinearLayer& layer, const at::Tensor& x, const at::Tensor& other,
                 std::int64_t heads, double focusing) {
  const at::Tensor summary = summary_of(layer.attention, other, heads, focusing);
  const auto applied = [&](const at::Tensor& rows, const at::Tensor& of) {
    return apply(layer.output, attend_to_summary(layer.attention, rows, of, heads, focusing), rows);
  };
  if (!x.device().is_cpu()) return applied(x, summary);
  // Rows do not depend on each other: a few hundred of them go through the whole layer while they
  // are in the cache, on one thread, where layer after layer would fetch all of them ten times.
  at::Tensor out = at::empty(x.sizes(), x.options());
  const std::int64_t parts = (x.size(1) + kRowsAPart - 1) / kRowsAPart;
  at::parallel_for(0, x.size(0) * parts, 1, [&](std::int64_t begin, std::int64_t end) {
    const c10::InferenceMode inference;
    for (std::int64_t i = begin; i < end; ++i) {
      const std::int64_t item = i / parts;
      const std::int64_t first = i % parts * kRowsAPart;
      const std::int64_t count = std::min(kRowsAPart, x.size(1) - first);
      const auto rows = [&](const at::Tensor& tensor) {
        return tensor.narrow(0, item, 1).narrow(1, first, count);
      };
      rows(out).copy_(applied(rows(x), summary.narrow(0, item, 1)));
    }
  });
  return out;
}

}  // namespace sam6d::nets
