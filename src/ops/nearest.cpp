#include "ops/nearest.hpp"

#include <ATen/ops/empty.h>

#include "ops/checks.hpp"
#include "ops/kernels.hpp"

namespace sam6d::ops {

at::Tensor nearest_distances(const at::Tensor& points, const at::Tensor& R, const at::Tensor& t,
                             const at::Tensor& cloud) {
  const char* const op = "nearest_distances";
  expect_tensor(op, "points", points, at::kFloat, {kAny, kAny, 3});
  expect_tensor(op, "R", R, at::kFloat, {points.size(0), kAny, 3, 3});
  expect_tensor(op, "t", t, at::kFloat, {points.size(0), R.size(1), 3});
  expect_tensor(op, "cloud", cloud, at::kFloat, {points.size(0), kAny, 3});
  expect_points(op, "cloud", cloud);
  expect_same_device(op, "R", R, points);
  expect_same_device(op, "t", t, points);
  expect_same_device(op, "cloud", cloud, points);
  at::Tensor distance = at::empty({points.size(0), R.size(1), points.size(1)}, points.options());
  if (distance.numel() > 0) {
    kernels_of(points).nearest_distances(points.contiguous(), R.contiguous(), t.contiguous(),
                                         cloud.contiguous(), distance);
  }
  return distance;
}

}  // namespace sam6d::ops
