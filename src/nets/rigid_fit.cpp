#include "nets/rigid_fit.hpp"

#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>

#include "ops/checks.hpp"
#include "ops/rigid_fits.hpp"

namespace sam6d::nets {
namespace {

constexpr double kWeightEpsilon = 1e-5;

}  // namespace

RigidFits fit_rigid(const at::Tensor& a, const at::Tensor& b, const at::Tensor& weights,
                    float weight_threshold) {
  const char* const op = "fit_rigid";
  ops::expect_tensor(op, "a", a, at::kFloat, {ops::kAny, ops::kAny, 3});
  ops::expect_tensor(op, "b", b, at::kFloat, {a.size(0), a.size(1), 3});
  ops::expect_same_device(op, "b", b, a);
  if (weights.defined()) {
    ops::expect_tensor(op, "weights", weights, at::kFloat, {a.size(0), a.size(1)});
    ops::expect_same_device(op, "weights", weights, a);
  }
  // In float64, which costs little here: far from the origin centroids of float32 are coarse.
  const at::Tensor given =
      weights.defined() ? weights : at::ones({a.size(0), a.size(1)}, a.options());
  const at::Tensor kept = given.masked_fill(given.lt(weight_threshold), 0).to(at::kDouble);
  const at::Tensor w = kept.div(kept.sum(1, true).add_(kWeightEpsilon)).unsqueeze(2);
  const at::Tensor from = a.to(at::kDouble);
  const at::Tensor to = b.to(at::kDouble);
  const at::Tensor from_centroid = from.mul(w).sum(1, true);
  const at::Tensor to_centroid = to.mul(w).sum(1, true);
  const at::Tensor covariance =
      at::matmul(from.sub(from_centroid).transpose(1, 2), to.sub(to_centroid).mul_(w));
  const at::Tensor R = ops::closest_rotations(covariance);
  const at::Tensor t =
      to_centroid.sub(at::matmul(from_centroid, R.to(at::kDouble).transpose(1, 2)));
  return {R, t.squeeze(1).to(at::kFloat)};
}

}  // namespace sam6d::nets
