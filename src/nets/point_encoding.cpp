#include "nets/point_encoding.hpp"

#include <algorithm>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include "base/fail.hpp"
#include "nets/cpu_point_encoding.hpp"
#include "ops/checks.hpp"
#include "ops/grouping.hpp"
#include "ops/parallel.hpp"
#include "ops/set_abstraction.hpp"

namespace sam6d::nets {
namespace {

constexpr const char* kOp = "encode_neighbourhoods";
constexpr std::int64_t kInputs = 6;

void expect_layers(const at::Tensor& xyz, const ops::SharedMlp& mlp) {
  if (mlp.empty()) fail(ErrorCode::kInvalidArgument, "{}: mlp: expected layers, found none", kOp);
  std::int64_t in = kInputs;
  for (const ops::SharedMlpLayer& layer : mlp) {
    ops::expect_tensor(kOp, "mlp", layer.weight, at::kFloat, {ops::kAny, in});
    ops::expect_same_device(kOp, "mlp", layer.weight, xyz);
    in = layer.weight.size(0);
    ops::expect_tensor(kOp, "mlp", layer.bias, at::kFloat, {in, 1});
    ops::expect_same_device(kOp, "mlp", layer.bias, xyz);
  }
}

}  // namespace

at::Tensor encode_neighbourhoods(const at::Tensor& xyz, float radius, std::int64_t sample_count,
                                 const ops::SharedMlp& mlp) {
  constexpr int kPoints = 32;  // at a time: a millisecond or less of work
  ops::expect_tensor(kOp, "xyz", xyz, at::kFloat, {ops::kAny, ops::kAny, 3});
  ops::expect_points(kOp, "xyz", xyz);
  expect_layers(xyz, mlp);
  if (!xyz.device().is_cpu()) {
    return ops::pooled_neighbourhoods({radius, sample_count, mlp}, xyz, xyz,
                                      xyz.transpose(1, 2).contiguous())
        .transpose(1, 2);
  }
  const at::Tensor points = xyz.contiguous();
  const at::Tensor idx = ops::ball_query(points, points, radius, sample_count);
  const PackedMlp packed = packed_mlp(mlp, matrix_level());
  at::Tensor result =
      at::empty({points.size(0), points.size(1), mlp.back().weight.size(0)}, points.options());
  const int count = static_cast<int>(points.size(1));
  const int portions = (count + kPoints - 1) / kPoints;
  ops::parallel_for(
      static_cast<int>(points.size(0)) * portions, at::get_num_threads(), [&](int portion) {
        const std::int64_t b = portion / portions;
        const int begin = portion % portions * kPoints;
        encode(packed,
               {points.data_ptr<float>() + b * points.stride(0),
                idx.data_ptr<std::int32_t>() + b * idx.stride(0), static_cast<int>(sample_count)},
               begin, std::min(count, begin + kPoints),
               result.data_ptr<float>() + b * result.stride(0));
      });
  return result;
}

}  // namespace sam6d::nets
