#include "ops/set_abstraction.hpp"

#include <algorithm>

#include <ATen/ops/cat.h>

#include "base/fail.hpp"
#include "ops/grouping.hpp"
#include "ops/sampling.hpp"

namespace sam6d::ops {
namespace {

/// Columns of an MLP's matrices on the CPU: 64 channels of them are 2 MB.
constexpr std::int64_t kColumns = 8192;

}  // namespace

at::Tensor pooled_neighbourhoods(const GroupingScale& scale, const at::Tensor& xyz,
                                 const at::Tensor& new_xyz, const at::Tensor& features) {
  const auto pooled = [&](const at::Tensor& centres) {
    return apply_mlp(scale.mlp,
                     query_and_group(xyz, centres, features, scale.radius, scale.sample_count))
        .amax(3);
  };
  const std::int64_t portion =
      std::max<std::int64_t>(1, kColumns / std::max<std::int64_t>(1, scale.sample_count));
  if (!xyz.defined() || !xyz.device().is_cpu() || !new_xyz.defined() || new_xyz.dim() != 3 ||
      new_xyz.size(1) <= portion) {
    return pooled(new_xyz);
  }
  std::vector<at::Tensor> portions;
  for (std::int64_t begin = 0; begin < new_xyz.size(1); begin += portion) {
    portions.push_back(
        pooled(new_xyz.narrow(1, begin, std::min(portion, new_xyz.size(1) - begin))));
  }
  return at::cat(portions, 2);
}

AbstractedSet abstract_set(const SetAbstraction& module, const at::Tensor& xyz,
                           const at::Tensor& features) {
  if (module.scales.empty()) {
    fail(ErrorCode::kInvalidArgument, "abstract_set: module: expected scales, found none");
  }
  const at::Tensor idx = furthest_point_sampling(xyz, module.point_count);
  AbstractedSet result;
  result.new_xyz = gather_points(xyz.transpose(1, 2), idx).transpose(1, 2).contiguous();
  std::vector<at::Tensor> channels;
  channels.reserve(module.scales.size());
  for (const GroupingScale& scale : module.scales) {
    channels.push_back(pooled_neighbourhoods(scale, xyz, result.new_xyz, features));
  }
  result.new_features = at::cat(channels, 1);
  return result;
}

}  // namespace sam6d::ops
