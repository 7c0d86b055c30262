#include "ops/shared_mlp.hpp"

#include <vector>

#include <ATen/ops/baddbmm.h>

#include "base/fail.hpp"
#include "ops/checks.hpp"

namespace sam6d::ops {
namespace {

constexpr double kNormEpsilon = 1e-5;

}  // namespace

SharedMlpLayer folded_layer(const at::Tensor& conv_weight, const at::Tensor& norm_weight,
                            const at::Tensor& norm_bias, const at::Tensor& running_mean,
                            const at::Tensor& running_var) {
  const char* const op = "folded_layer";
  expect_tensor(op, "conv_weight", conv_weight, at::kFloat, {kAny, kAny, 1, 1});
  const std::int64_t out = conv_weight.size(0);
  const auto column = [&](const char* argument, const at::Tensor& tensor) {
    expect_tensor(op, argument, tensor, at::kFloat, {out});
    expect_same_device(op, argument, tensor, conv_weight);
    return tensor.to(at::kDouble).unsqueeze(1);
  };
  const at::Tensor deviation = column("running_var", running_var).add(kNormEpsilon).sqrt();
  const at::Tensor scale = column("norm_weight", norm_weight).div(deviation);
  const at::Tensor bias =
      column("norm_bias", norm_bias).sub(column("running_mean", running_mean).mul(scale));
  return {conv_weight.flatten(1).to(at::kDouble).mul(scale).to(at::kFloat), bias.to(at::kFloat)};
}

at::Tensor apply_mlp(const SharedMlp& mlp, const at::Tensor& x) {
  const char* const op = "apply_mlp";
  if (!x.defined() || x.dim() < 2) {
    fail(ErrorCode::kInvalidArgument, "{}: x: expected a tensor of shape (B, C, ...)", op);
  }
  std::vector<std::int64_t> shape = x.sizes().vec();
  at::Tensor rows = x.dim() == 2 ? x.unsqueeze(2) : x.flatten(2);
  for (const SharedMlpLayer& layer : mlp) {
    const std::int64_t out = layer.weight.size(0);
    expect_tensor(op, "x", rows, at::kFloat, {x.size(0), layer.weight.size(1), kAny});
    expect_same_device(op, "x", rows, layer.weight);
    rows =
        at::baddbmm(layer.bias.unsqueeze(0),
                    layer.weight.unsqueeze(0).expand({x.size(0), out, layer.weight.size(1)}), rows)
            .relu_();
    shape[1] = out;
  }
  return rows.reshape(shape);
}

}  // namespace sam6d::ops
