#include <map>
#include <string>

#include "base/fail.hpp"
#include "nets/forward.hpp"
#include "nets/precision.hpp"
#include "ops/grouping.hpp"
#include "ops/interpolation.hpp"
#include "ops/sampling.hpp"

namespace sam6d::nets {
namespace {

/// A tensor of one number, which tells an operator a size or radius.
template <class Number>
Number number(const ForwardRun& run, std::string_view name) {
  const at::Tensor& tensor = run.input(name);
  if (tensor.numel() != 1) {
    fail(ErrorCode::kInvalidArgument, "forward: tensor {}: expected one number, found {}", name,
         tensor.numel());
  }
  return tensor.item<Number>();
}

}  // namespace

void forward_operator(std::string_view name, const ForwardRun& run) {
  const at::Device device = torch_device(run.options.device);
  const auto on_device = [&](std::string_view input) { return run.input(input).to(device); };
  // Outputs of the last run, by name.
  std::map<std::string, at::Tensor> outputs;
  std::function<void()> body;
  if (name == "pointnet2-fps") {
    body = [&, xyz = on_device("xyz"), count = number<std::int64_t>(run, "npoint")] {
      outputs["idx"] = ops::furthest_point_sampling(xyz, count);
    };
  } else if (name == "pointnet2-ball-query") {
    body = [&, new_xyz = on_device(run.has("new_xyz") ? "new_xyz" : "xyz"), xyz = on_device("xyz"),
            radius = number<float>(run, "radius"), count = number<std::int64_t>(run, "nsample")] {
      outputs["idx"] = ops::ball_query(new_xyz, xyz, radius, count);
    };
  } else if (name == "pointnet2-gather") {
    body = [&, points = on_device("points"), idx = on_device("idx")] {
      outputs["out"] = ops::gather_points(points, idx);
    };
  } else if (name == "pointnet2-group") {
    body = [&, points = on_device("points"), idx = on_device("idx")] {
      outputs["out"] = ops::group_points(points, idx);
    };
  } else if (name == "pointnet2-three-nn") {
    body = [&, unknown = on_device("unknown"), known = on_device("known")] {
      const ops::NearestThree nearest = ops::three_nn(unknown, known);
      outputs["dist2"] = nearest.dist2;
      outputs["idx"] = nearest.idx;
    };
  } else if (name == "pointnet2-three-interpolate") {
    body = [&, points = on_device("points"), idx = on_device("idx"), weight = on_device("weight")] {
      outputs["out"] = ops::three_interpolate(points, idx, weight);
    };
  } else {
    std::string names;
    for (const std::string_view model : forward_models()) names += " " + std::string(model);
    fail(ErrorCode::kInvalidArgument, "forward: there is no model {}; there are:{}", name, names);
  }
  run.time(body);
  for (const auto& [output, value] : outputs) run.give(output, value);
}

}  // namespace sam6d::nets
