#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "nets/parameters.hpp"

/// Convolutions over pictures (B,C,H,W) whose channels lie together in memory (channels-last): what
/// oneDNN and cuDNN are fastest with.
namespace sam6d::nets {

/// Pads with zeros by half of the kernel, so that stride 1 keeps the size. Batch norms are folded
/// into it.
struct Convolution {
  at::Tensor weight;  ///< (out,in,k,k), channels-last
  at::Tensor bias;    ///< (out)
  std::int64_t stride = 1;
  bool silu = true;  ///< x sigmoid(x) of the result
};

struct ConvolutionSizes {
  std::int64_t in = 0;
  std::int64_t out = 0;
  std::int64_t kernel = 1;
  std::int64_t stride = 1;
};

/// Tensors `name`.conv.weight and `name`.bn.*; SiLU follows. The batch norm is folded in double
/// precision before the weights take the network's type.
[[nodiscard]] Convolution take_normed_convolution(Parameters& parameters, const std::string& name,
                                                  const ConvolutionSizes& sizes,
                                                  double norm_epsilon);

/// Tensors `name`.weight and `name`.bias; nothing follows.
[[nodiscard]] Convolution take_convolution(Parameters& parameters, const std::string& name,
                                           const ConvolutionSizes& sizes);

/// x: (B,in,H,W) in the type of the weights. Returns (B,out,H/stride,W/stride), rounded up.
[[nodiscard]] at::Tensor apply(const Convolution& layer, const at::Tensor& x);

}  // namespace sam6d::nets
