#include "ops/interpolation.hpp"

#include <ATen/ops/empty.h>

#include "ops/checks.hpp"
#include "ops/kernels.hpp"

namespace sam6d::ops {

NearestThree three_nn(const at::Tensor& unknown, const at::Tensor& known) {
  const char* const op = "three_nn";
  expect_tensor(op, "unknown", unknown, at::kFloat, {kAny, kAny, 3});
  expect_tensor(op, "known", known, at::kFloat, {unknown.size(0), kAny, 3});
  expect_same_device(op, "known", known, unknown);
  expect_points(op, "known", known);
  NearestThree result{at::empty(unknown.sizes(), unknown.options()),
                      at::empty(unknown.sizes(), unknown.options().dtype(at::kInt))};
  if (result.idx.numel() > 0) {
    kernels_of(unknown).three_nn(unknown.contiguous(), known.contiguous(), result.dist2,
                                 result.idx);
  }
  return result;
}

at::Tensor three_interpolate(const at::Tensor& points, const at::Tensor& idx,
                             const at::Tensor& weight) {
  const char* const op = "three_interpolate";
  expect_tensor(op, "points", points, at::kFloat, {kAny, kAny, kAny});
  expect_tensor(op, "idx", idx, at::kInt, {points.size(0), kAny, 3});
  expect_tensor(op, "weight", weight, at::kFloat, {points.size(0), idx.size(1), 3});
  expect_same_device(op, "idx", idx, points);
  expect_same_device(op, "weight", weight, points);
  at::Tensor out = at::empty({points.size(0), points.size(1), idx.size(1)}, points.options());
  if (out.numel() > 0) {
    kernels_of(points).three_interpolate(points.contiguous(), idx.contiguous(), weight.contiguous(),
                                         out);
  }
  return out;
}

}  // namespace sam6d::ops
