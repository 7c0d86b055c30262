#include "nets/layers.hpp"

#include <cmath>
#include <vector>

#include <ATen/ops/cat.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/matmul.h>
#if __has_include(<ATen/ops/scaled_dot_product_attention.h>)
#include <ATen/ops/scaled_dot_product_attention.h>
#else
#include <ATen/ops/softmax.h>
#endif

namespace sam6d::nets {

Linear take_linear(Parameters& parameters, const std::string& name, std::int64_t in,
                   std::int64_t out) {
  return {parameters.take(name + ".weight", {out, in}), parameters.take(name + ".bias", {out})};
}

LayerNorm take_layer_norm(Parameters& parameters, const std::string& name, std::int64_t channels,
                          double epsilon) {
  return {parameters.take(name + ".weight", {channels}),
          parameters.take(name + ".bias", {channels}), epsilon};
}

Linear side_by_side(std::initializer_list<const Linear*> layers) {
  std::vector<at::Tensor> weights;
  std::vector<at::Tensor> biases;
  for (const Linear* layer : layers) {
    weights.push_back(layer->weight);
    biases.push_back(layer->bias);
  }
  return {at::cat(weights), at::cat(biases)};
}

at::Tensor apply(const Linear& layer, const at::Tensor& x) {
  return at::linear(x, layer.weight, layer.bias);
}

at::Tensor apply(const LayerNorm& layer, const at::Tensor& x) {
  return at::layer_norm(x, layer.weight.sizes(), layer.weight, layer.bias, layer.epsilon);
}

at::Tensor split_heads(const at::Tensor& x, std::int64_t heads) {
  return x.unflatten(2, {heads, x.size(2) / heads}).transpose(1, 2);
}

at::Tensor merge_heads(const at::Tensor& x) { return x.transpose(1, 2).flatten(2); }

at::Tensor attend(const at::Tensor& q, const at::Tensor& k, const at::Tensor& v,
                  std::int64_t heads) {
  const at::Tensor queries = split_heads(q, heads);
  const at::Tensor keys = split_heads(k, heads);
  const at::Tensor values = split_heads(v, heads);
#if __has_include(<ATen/ops/scaled_dot_product_attention.h>)
  return merge_heads(at::scaled_dot_product_attention(queries, keys, values));
#else
  const double scale = 1.0 / std::sqrt(static_cast<double>(queries.size(3)));
  const at::Tensor scores = at::matmul(queries.mul(scale), keys.transpose(2, 3));
  return merge_heads(at::matmul(at::softmax(scores, 3), values));
#endif
}

}  // namespace sam6d::nets
