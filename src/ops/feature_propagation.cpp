#include "ops/feature_propagation.hpp"

#include <ATen/ops/cat.h>

#include "ops/checks.hpp"
#include "ops/interpolation.hpp"

namespace sam6d::ops {
namespace {

constexpr double kDistanceFloor = 1e-8;

}  // namespace

at::Tensor propagate_features(const SharedMlp& mlp, const at::Tensor& unknown,
                              const at::Tensor& known, const at::Tensor& unknown_features,
                              const at::Tensor& known_features) {
  const char* const op = "propagate_features";
  const NearestThree nearest = three_nn(unknown, known);
  expect_tensor(op, "known_features", known_features, at::kFloat,
                {known.size(0), kAny, known.size(1)});
  const at::Tensor closeness = nearest.dist2.sqrt().add(kDistanceFloor).reciprocal();
  const at::Tensor weight = closeness.div(closeness.sum(2, /*keepdim=*/true));
  at::Tensor features = three_interpolate(known_features, nearest.idx, weight);
  if (unknown_features.defined()) {
    expect_tensor(op, "unknown_features", unknown_features, at::kFloat,
                  {unknown.size(0), kAny, unknown.size(1)});
    expect_same_device(op, "unknown_features", unknown_features, unknown);
    features = at::cat({features, unknown_features}, 1);
  }
  return apply_mlp(mlp, features);
}

}  // namespace sam6d::ops
