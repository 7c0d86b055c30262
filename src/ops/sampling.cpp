#include "ops/sampling.hpp"

#include <limits>

#include <ATen/ops/empty.h>

#include "base/fail.hpp"
#include "ops/checks.hpp"
#include "ops/kernels.hpp"

namespace sam6d::ops {

at::Tensor furthest_point_sampling(const at::Tensor& xyz, std::int64_t count) {
  const char* const op = "furthest_point_sampling";
  expect_tensor(op, "xyz", xyz, at::kFloat, {kAny, kAny, 3});
  expect_points(op, "xyz", xyz);
  if (count < 1 || count > std::numeric_limits<std::int32_t>::max()) {
    fail(ErrorCode::kInvalidArgument, "{}: count: expected 1 to 2^31 - 1, found {}", op, count);
  }
  at::Tensor idx = at::empty({xyz.size(0), count}, xyz.options().dtype(at::kInt));
  if (idx.numel() > 0) kernels_of(xyz).furthest_point_sampling(xyz.contiguous(), idx);
  return idx;
}

at::Tensor gather_points(const at::Tensor& points, const at::Tensor& idx) {
  const char* const op = "gather_points";
  expect_tensor(op, "points", points, at::kFloat, {kAny, kAny, kAny});
  expect_tensor(op, "idx", idx, at::kInt, {points.size(0), kAny});
  expect_same_device(op, "idx", idx, points);
  at::Tensor out = at::empty({points.size(0), points.size(1), idx.size(1)}, points.options());
  if (out.numel() > 0) kernels_of(points).gather(points.contiguous(), idx.contiguous(), out);
  return out;
}

}  // namespace sam6d::ops
