#include "ops/golden.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

#include <ATen/ops/empty.h>
#include <doctest/doctest.h>

#include "checkpoint/safetensors.hpp"
#include "ops/feature_propagation.hpp"
#include "ops/grouping.hpp"
#include "ops/interpolation.hpp"
#include "ops/sampling.hpp"
#include "ops/set_abstraction.hpp"

namespace sam6d::test {
namespace {

/// What the goldens state for modules: matrix products in another order, batch norm folded.
constexpr double kModules = 1e-5;
/// Sums of a few products in another order, relative to values of up to about 1.
constexpr double kRounding = 1e-6;

/// The MLP of the layers `prefix`layer0, layer1, ...; widths are those of its channels.
ops::SharedMlp formula_mlp(const std::string& prefix, const std::vector<std::int64_t>& widths) {
  ops::SharedMlp mlp;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    const std::string layer = prefix + "layer" + std::to_string(i) + ".";
    const auto norm = [&](const char* name) {
      return formula_tensor(layer + "normlayer.bn." + name, {widths[i + 1]});
    };
    mlp.push_back(
        ops::folded_layer(formula_tensor(layer + "conv.weight", {widths[i + 1], widths[i], 1, 1}),
                          norm("weight"), norm("bias"), norm("running_mean"), norm("running_var")));
  }
  return mlp;
}

struct ScaleSpec {
  float radius;
  std::int64_t sample_count;
  std::vector<std::int64_t> widths;
};

void check_set_abstraction(const Golden& golden, const std::string& name, std::int64_t points,
                           const std::vector<ScaleSpec>& scales) {
  if (!golden.has(name + ".new_features")) return;
  INFO(name);
  ops::SetAbstraction module{points, {}};
  for (const ScaleSpec& scale : scales) {
    const std::string prefix = "mlps." + std::to_string(module.scales.size()) + ".";
    module.scales.push_back({scale.radius, scale.sample_count, formula_mlp(prefix, scale.widths)});
  }
  const at::Tensor features =
      golden.has(name + ".features") ? golden[name + ".features"] : at::Tensor();
  const ops::AbstractedSet set = ops::abstract_set(module, golden[name + ".xyz"], features);
  CHECK(equal(set.new_xyz, golden[name + ".new_xyz"]));
  CHECK(largest_difference(set.new_features, golden[name + ".new_features"]) <= kModules);
}

}  // namespace

Golden::Golden(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  REQUIRE(stream);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const SafetensorsView view =
      parse_safetensors(std::as_bytes(std::span(text)), path.filename().string());
  for (const auto& [name, tensor] : view.tensors) {
    REQUIRE((tensor.dtype == DType::kFloat32 || tensor.dtype == DType::kInt32));
    const std::vector<std::int64_t> shape(tensor.shape.begin(), tensor.shape.end());
    const at::Tensor copy =
        at::empty(shape, tensor.dtype == DType::kFloat32 ? at::kFloat : at::kInt);
    REQUIRE(copy.nbytes() == tensor.bytes.size());
    std::memcpy(copy.data_ptr(), tensor.bytes.data(), tensor.bytes.size());
    tensors_.emplace(name, copy);
  }
}

std::vector<std::string> Golden::cases(const std::string& suffix) const {
  std::vector<std::string> result;
  for (const auto& [name, tensor] : tensors_) {
    if (name.ends_with("." + suffix)) {
      result.push_back(name.substr(0, name.size() - suffix.size() - 1));
    }
  }
  return result;
}

bool equal(const at::Tensor& a, const at::Tensor& b) {
  return a.scalar_type() == b.scalar_type() && a.sizes() == b.sizes() && a.equal(b);
}

double largest_difference(const at::Tensor& a, const at::Tensor& b) {
  if (a.scalar_type() != at::kFloat || b.scalar_type() != at::kFloat || a.sizes() != b.sizes()) {
    return std::numeric_limits<double>::infinity();
  }
  const at::Tensor x = a.contiguous();
  const at::Tensor y = b.contiguous();
  double largest = 0;
  for (std::int64_t i = 0; i < x.numel(); ++i) {
    const double difference = std::abs(static_cast<double>(x.data_ptr<float>()[i]) -
                                       static_cast<double>(y.data_ptr<float>()[i]));
    if (std::isnan(difference)) return std::numeric_limits<double>::infinity();
    largest = std::max(largest, difference);
  }
  return largest;
}

at::Tensor formula_tensor(const std::string& name, const std::vector<std::int64_t>& shape) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  const at::Tensor tensor = at::empty(shape, at::kFloat);
  const float fan_in = shape.empty() || shape[0] == 0
                           ? 1.0F
                           : static_cast<float>(tensor.numel()) / static_cast<float>(shape[0]);
  for (std::int64_t i = 0; i < tensor.numel(); ++i) {
    std::uint64_t z = hash + (static_cast<std::uint64_t>(i) + 1) * 0x9E3779B97F4A7C15U;
    z = (z ^ (z >> 30U)) * 0xBF58476D1CE4E5B9U;
    z = (z ^ (z >> 27U)) * 0x94D049BB133111EBU;
    z ^= z >> 31U;
    const float u = static_cast<float>(z >> 40U) * 0x1p-23F - 1.0F;
    float value = 0.1F * u;
    if (name.ends_with(".running_var")) {
      value = 1.0F + 0.25F * u;
    } else if (name.ends_with(".running_mean")) {
      value = 0.1F * u;
    } else if (name.ends_with(".weight") && shape.size() == 1) {
      value = 1.0F + 0.1F * u;
    } else if (shape.size() <= 1) {
      value = 0.05F * u;
    } else if (name.ends_with(".weight")) {
      value = static_cast<float>(std::sqrt(3.0 / static_cast<double>(fan_in))) * u;
    }
    tensor.data_ptr<float>()[i] = value;
  }
  return tensor;
}

void check_furthest_point_sampling(const std::filesystem::path& path) {
  const Golden golden(path);
  const std::vector<std::string> cases = golden.cases("idx");
  CHECK(cases.size() >= 14);
  for (const std::string& name : cases) {
    INFO(name);
    const at::Tensor& idx = golden[name + ".idx"];
    CHECK(equal(ops::furthest_point_sampling(golden[name + ".xyz"], idx.size(1)), idx));
  }
}

void check_ball_query(const std::filesystem::path& path) {
  const Golden golden(path);
  const std::vector<std::string> cases = golden.cases("idx");
  CHECK(cases.size() >= 7);
  for (const std::string& name : cases) {
    INFO(name);
    const std::string cloud = name.starts_with("cad_2048") ? "cad_2048_r0.1_n32" : name;
    const at::Tensor& xyz = golden[cloud + ".xyz"];
    const at::Tensor& new_xyz = golden.has(name + ".new_xyz") ? golden[name + ".new_xyz"] : xyz;
    const at::Tensor idx = ops::ball_query(new_xyz, xyz, golden[name + ".radius"].item<float>(),
                                           golden[name + ".nsample"].item<int>());
    CHECK(equal(idx, golden[name + ".idx"]));
  }
}

void check_operators(const std::filesystem::path& path) {
  const Golden golden(path);
  CHECK(equal(ops::gather_points(golden["gather.points"], golden["gather.idx"]),
              golden["gather.out"]));
  CHECK(equal(ops::group_points(golden["group.points"], golden["group.idx"]), golden["group.out"]));

  const at::Tensor& xyz = golden["query_and_group.xyz"];
  const at::Tensor& new_xyz = golden["query_and_group.new_xyz"];
  const at::Tensor& features = golden["query_and_group.features"];
  CHECK(
      equal(ops::query_and_group(xyz, new_xyz, features, 0.2F, 16), golden["query_and_group.out"]));
  CHECK(equal(ops::query_and_group(xyz, new_xyz, {}, 0.2F, 16),
              golden["query_and_group.out_no_features"]));
  CHECK(equal(ops::group_all(xyz, features).narrow(3, 0, 64), golden["group_all.out"]));

  const std::vector<std::string> cases = golden.cases("dist2");
  CHECK(cases.size() >= 6);
  for (const std::string& name : cases) {
    INFO(name);
    const ops::NearestThree nearest =
        ops::three_nn(golden[name + ".unknown"], golden[name + ".known"]);
    CHECK(equal(nearest.idx, golden[name + ".idx"]));
    CHECK(equal(nearest.dist2, golden[name + ".dist2"]));
    if (!golden.has(name + ".out")) continue;
    CHECK(largest_difference(ops::three_interpolate(golden[name + ".features"], nearest.idx,
                                                    golden[name + ".weight"]),
                             golden[name + ".out"]) <= kRounding);
  }
}

void check_modules(const std::filesystem::path& path) {
  const Golden golden(path);
  check_set_abstraction(
      golden, "sa_msg_512", 512,
      {{0.1F, 16, {3, 16, 16, 32}}, {0.2F, 32, {3, 32, 32, 64}}, {0.4F, 128, {3, 32, 48, 64}}});
  check_set_abstraction(
      golden, "sa_msg_512_features", 512,
      {{0.1F, 16, {8, 16, 32}}, {0.2F, 32, {8, 32, 64}}, {0.4F, 128, {8, 32, 64}}});
  check_set_abstraction(golden, "sa_msg_self_test", 2, {{5.0F, 6, {9, 3}}, {10.0F, 3, {9, 6}}});
  CHECK(largest_difference(
            ops::propagate_features(formula_mlp("mlp.", {12, 32, 16}), golden["fp.unknown"],
                                    golden["fp.known"], golden["fp.unknown_feats"],
                                    golden["fp.known_feats"]),
            golden["fp.out"]) <= kModules);
}

}  // namespace sam6d::test
