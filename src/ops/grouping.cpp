#include "ops/grouping.hpp"

#include <cmath>
#include <limits>

#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>

#include "base/fail.hpp"
#include "ops/checks.hpp"
#include "ops/kernels.hpp"

namespace sam6d::ops {
namespace {

void expect_features(const char* op, const at::Tensor& features, const at::Tensor& xyz) {
  if (!features.defined()) return;
  expect_tensor(op, "features", features, at::kFloat, {xyz.size(0), kAny, xyz.size(1)});
  expect_same_device(op, "features", features, xyz);
}

at::Tensor ball_query_of(const char* op, const at::Tensor& new_xyz, const at::Tensor& xyz,
                         float radius, std::int64_t sample_count) {
  expect_tensor(op, "xyz", xyz, at::kFloat, {kAny, kAny, 3});
  expect_points(op, "xyz", xyz);
  expect_tensor(op, "new_xyz", new_xyz, at::kFloat, {xyz.size(0), kAny, 3});
  expect_same_device(op, "new_xyz", new_xyz, xyz);
  if (!(radius > 0) || !std::isfinite(radius)) {
    fail(ErrorCode::kInvalidArgument, "{}: radius: expected a positive number, found {}", op,
         radius);
  }
  if (sample_count < 1 || sample_count > std::numeric_limits<std::int32_t>::max()) {
    fail(ErrorCode::kInvalidArgument, "{}: sample_count: expected 1 to 2^31 - 1, found {}", op,
         sample_count);
  }
  at::Tensor idx =
      at::empty({new_xyz.size(0), new_xyz.size(1), sample_count}, xyz.options().dtype(at::kInt));
  if (idx.numel() > 0) {
    kernels_of(xyz).ball_query(new_xyz.contiguous(), xyz.contiguous(), radius, idx);
  }
  return idx;
}

}  // namespace

at::Tensor ball_query(const at::Tensor& new_xyz, const at::Tensor& xyz, float radius,
                      std::int64_t sample_count) {
  return ball_query_of("ball_query", new_xyz, xyz, radius, sample_count);
}

at::Tensor group_points(const at::Tensor& points, const at::Tensor& idx) {
  const char* const op = "group_points";
  expect_tensor(op, "points", points, at::kFloat, {kAny, kAny, kAny});
  expect_tensor(op, "idx", idx, at::kInt, {points.size(0), kAny, kAny});
  expect_same_device(op, "idx", idx, points);
  at::Tensor out =
      at::empty({points.size(0), points.size(1), idx.size(1), idx.size(2)}, points.options());
  if (out.numel() > 0) {
    kernels_of(points).gather(points.contiguous(), idx.contiguous().flatten(1), out.flatten(2));
  }
  return out;
}

at::Tensor query_and_group(const at::Tensor& xyz, const at::Tensor& new_xyz,
                           const at::Tensor& features, float radius, std::int64_t sample_count) {
  const char* const op = "query_and_group";
  const at::Tensor idx = ball_query_of(op, new_xyz, xyz, radius, sample_count);
  expect_features(op, features, xyz);
  const std::int64_t channels = features.defined() ? features.size(1) : 0;
  at::Tensor out =
      at::empty({xyz.size(0), 3 + channels, new_xyz.size(1), sample_count}, xyz.options());
  if (out.numel() == 0) return out;
  const Kernels& kernels = kernels_of(xyz);
  const at::Tensor rows = out.flatten(2);
  kernels.gather_relative(xyz.contiguous(), new_xyz.contiguous(), idx, rows.narrow(1, 0, 3));
  if (channels > 0) {
    kernels.gather(features.contiguous(), idx.flatten(1), rows.narrow(1, 3, channels));
  }
  return out;
}

at::Tensor group_all(const at::Tensor& xyz, const at::Tensor& features) {
  const char* const op = "group_all";
  expect_tensor(op, "xyz", xyz, at::kFloat, {kAny, kAny, 3});
  expect_features(op, features, xyz);
  const at::Tensor coordinates = xyz.transpose(1, 2);
  const at::Tensor rows =
      features.defined() ? at::cat({coordinates, features}, 1) : coordinates.contiguous();
  return rows.unsqueeze(2);
}

}  // namespace sam6d::ops
