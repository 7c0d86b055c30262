#include "nets/convolution.hpp"

#include <ATen/ops/conv2d.h>
#include <ATen/ops/silu.h>

namespace sam6d::nets {

Convolution take_normed_convolution(Parameters& parameters, const std::string& name,
                                    const ConvolutionSizes& sizes, double norm_epsilon) {
  const std::int64_t out = sizes.out;
  Convolution layer;
  layer.stride = sizes.stride;
  at::Tensor norm_weight;
  at::Tensor norm_bias;
  at::Tensor mean;
  at::Tensor variance;
  parameters.in_float32([&] {
    layer.weight =
        parameters.take(name + ".conv.weight", {out, sizes.in, sizes.kernel, sizes.kernel});
    norm_weight = parameters.take(name + ".bn.weight", {out});
    norm_bias = parameters.take(name + ".bn.bias", {out});
    mean = parameters.take(name + ".bn.running_mean", {out});
    variance = parameters.take(name + ".bn.running_var", {out});
    return 0;
  });
  parameters.ignore(name + ".bn.num_batches_tracked", {});
  if (!layer.weight.defined()) return layer;
  const at::Tensor scale =
      norm_weight.to(at::kDouble).div(variance.to(at::kDouble).add(norm_epsilon).sqrt());
  layer.weight = layer.weight.to(at::kDouble)
                     .mul_(scale.reshape({out, 1, 1, 1}))
                     .to(parameters.type(), false, false, at::MemoryFormat::ChannelsLast);
  layer.bias = norm_bias.to(at::kDouble).sub(mean.to(at::kDouble).mul(scale)).to(parameters.type());
  return layer;
}

Convolution take_convolution(Parameters& parameters, const std::string& name,
                             const ConvolutionSizes& sizes) {
  Convolution layer;
  layer.stride = sizes.stride;
  layer.silu = false;
  layer.weight =
      parameters.take(name + ".weight", {sizes.out, sizes.in, sizes.kernel, sizes.kernel});
  layer.bias = parameters.take(name + ".bias", {sizes.out});
  if (layer.weight.defined()) {
    layer.weight = layer.weight.contiguous(at::MemoryFormat::ChannelsLast);
  }
  return layer;
}

at::Tensor apply(const Convolution& layer, const at::Tensor& x) {
  const std::int64_t padding = layer.weight.size(2) / 2;
  at::Tensor y = at::conv2d(x.contiguous(at::MemoryFormat::ChannelsLast), layer.weight, layer.bias,
                            {layer.stride, layer.stride}, {padding, padding});
  if (layer.silu) at::silu_(y);
  return y;
}

}  // namespace sam6d::nets
