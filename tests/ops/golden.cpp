#include "ops/golden.hpp"

#include <doctest/doctest.h>

#include "ops/feature_propagation.hpp"
#include "ops/grouping.hpp"
#include "ops/interpolation.hpp"
#include "ops/sampling.hpp"
#include "ops/set_abstraction.hpp"
#include "support/formula_mlp.hpp"

namespace sam6d::test {
namespace {

/// What the goldens state for modules: matrix products in another order, batch norm folded.
constexpr double kModules = 1e-5;
/// Sums of a few products in another order, relative to values of up to about 1.
constexpr double kRounding = 1e-6;

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
