#include "ops/rigid_fits.hpp"

#include <ATen/ops/empty.h>

#include "base/fail.hpp"
#include "ops/checks.hpp"
#include "ops/kernels.hpp"

namespace sam6d::ops {

at::Tensor closest_rotations(const at::Tensor& covariance) {
  expect_tensor("closest_rotations", "covariance", covariance, at::kDouble, {kAny, 3, 3});
  at::Tensor R = at::empty(covariance.sizes(), covariance.options().dtype(at::kFloat));
  if (R.numel() > 0) kernels_of(R).closest_rotations(covariance.contiguous(), R);
  return R;
}

TripleFits fit_triples(const at::Tensor& a, const at::Tensor& b, const at::Tensor& a_idx,
                       const at::Tensor& b_idx) {
  const char* const op = "fit_triples";
  expect_tensor(op, "a", a, at::kFloat, {kAny, kAny, 3});
  expect_points(op, "a", a);
  expect_tensor(op, "b", b, at::kFloat, {a.size(0), kAny, 3});
  expect_points(op, "b", b);
  expect_tensor(op, "a_idx", a_idx, at::kInt, {a.size(0), kAny});
  expect_tensor(op, "b_idx", b_idx, at::kInt, {a.size(0), a_idx.size(1)});
  if (a_idx.size(1) % 3 != 0) {
    fail(ErrorCode::kInvalidArgument, "{}: a_idx: expected a multiple of 3 indices, found {}", op,
         a_idx.size(1));
  }
  for (const auto& [argument, tensor] :
       {std::pair{"b", b}, std::pair{"a_idx", a_idx}, std::pair{"b_idx", b_idx}}) {
    expect_same_device(op, argument, tensor, a);
  }
  const std::int64_t fits = a_idx.size(1) / 3;
  TripleFits result{at::empty({a.size(0), fits, 3, 3}, a.options()),
                    at::empty({a.size(0), fits, 3}, a.options()),
                    at::empty({a.size(0), fits}, a.options())};
  if (result.residual.numel() > 0) {
    kernels_of(a).fit_triples(a.contiguous(), b.contiguous(), a_idx.contiguous(),
                              b_idx.contiguous(), result.R, result.t, result.residual);
  }
  return result;
}

}  // namespace sam6d::ops
