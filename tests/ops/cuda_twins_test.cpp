#include <algorithm>
#include <string>
#include <vector>

#include <ATen/ops/empty.h>
#include <doctest/doctest.h>

#include "ops/feature_propagation.hpp"
#include "ops/golden.hpp"
#include "ops/grouping.hpp"
#include "ops/interpolation.hpp"
#include "ops/nearest.hpp"
#include "ops/plain_loops.hpp"
#include "ops/rigid_fits.hpp"
#include "ops/sampling.hpp"
#include "ops/set_abstraction.hpp"
#include "support/cuda_device.hpp"
#include "support/formula_mlp.hpp"

// Every operator and module on the CPU and on a CUDA device, on random clouds and on such where
// most distances tie.
namespace sam6d::test {
namespace {

/// Sums of three products of values up to 1: the compilers' last bit.
constexpr double kInterpolation = 1e-6;
/// Matrix products of up to 64 channels in another order, values of up to about 1, as the goldens'.
constexpr double kModules = 1e-5;

/// Residuals of points below 2, iterated to rounding.
constexpr double kFits = 1e-5;

/// n, and the steps of the lattice (0: none).
struct Cloud {
  int n;
  int steps;
};
constexpr Cloud kClouds[]{{1, 0},    {2, 1},    {31, 0},   {33, 2},   {512, 0},  {513, 3},
                          {1000, 0}, {2048, 1}, {2048, 0}, {2048, 6}, {5000, 4}, {5000, 0}};
constexpr int kBatch = 3;

at::Tensor cloud_tensor(int n, int steps, unsigned seed) {
  const at::Tensor xyz = at::empty({kBatch, n, 3}, at::kFloat);
  const std::vector<float> values = random_cloud(kBatch * n, steps, seed);
  std::copy(values.begin(), values.end(), xyz.data_ptr<float>());
  return xyz;
}

at::Tensor features_tensor(int channels, int n, unsigned seed) {
  return cloud_tensor(channels * n, 0, seed)
      .flatten()
      .narrow(0, 0, std::int64_t{kBatch} * channels * n)
      .reshape({kBatch, channels, n});
}

/// The tensors of a result, back on the CPU.
std::vector<at::Tensor> tensors(const at::Tensor& tensor) { return {tensor.cpu()}; }
std::vector<at::Tensor> tensors(const ops::NearestThree& nearest) {
  return {nearest.dist2.cpu(), nearest.idx.cpu()};
}
std::vector<at::Tensor> tensors(const ops::TripleFits& fits) {
  return {fits.residual.cpu()};  // where points leave a rotation open, only the fit is the same
}
std::vector<at::Tensor> tensors(const ops::AbstractedSet& set) {
  return {set.new_xyz.cpu(), set.new_features.cpu()};
}

/// Runs `op(move)` on both, where `move` brings a tensor to the device, and compares: whole numbers
/// must be equal, others within the tolerance (0: equal, too).
template <class Op>
void check_twins(const char* name, c10::Device device, double tolerance, const Op& op) {
  CAPTURE(name);
  const auto expected = tensors(op([](const at::Tensor& tensor) { return tensor; }));
  const auto found = tensors(
      op([&](const at::Tensor& tensor) { return tensor.defined() ? tensor.to(device) : tensor; }));
  REQUIRE(found.size() == expected.size());
  for (std::size_t i = 0; i < found.size(); ++i) {
    CAPTURE(i);
    if (tolerance > 0 && expected[i].scalar_type() == at::kFloat) {
      CHECK(largest_difference(found[i], expected[i]) <= tolerance);
    } else {
      CHECK(equal(found[i], expected[i]));
    }
  }
}

TEST_CASE("sampling and neighbourhoods are equal on both devices") {
  const auto device = cuda_device();
  if (!device) return;
  for (const auto& [n, steps] : kClouds) {
    CAPTURE(n);
    CAPTURE(steps);
    const at::Tensor xyz = cloud_tensor(n, steps, 1);
    const at::Tensor queries = cloud_tensor(std::max(1, n / 3), steps, 2);
    const at::Tensor features = features_tensor(7, n, 3);
    const float radius = steps > 0 ? 1.5F : 0.3F;
    for (const int count : {1, std::min(n, 196), std::min(2 * n, 700)}) {
      CAPTURE(count);
      check_twins("furthest_point_sampling", *device, 0,
                  [&](auto&& on) { return ops::furthest_point_sampling(on(xyz), count); });
    }
    for (const int samples : {1, 16, 65}) {
      CAPTURE(samples);
      check_twins("ball_query", *device, 0, [&](auto&& on) {
        return ops::ball_query(on(queries), on(xyz), radius, samples);
      });
    }
    const at::Tensor chosen = ops::furthest_point_sampling(xyz, std::min(n, 100));
    const at::Tensor groups = ops::ball_query(queries, xyz, radius, 9);
    check_twins("gather_points", *device, 0,
                [&](auto&& on) { return ops::gather_points(on(features), on(chosen)); });
    check_twins("group_points", *device, 0,
                [&](auto&& on) { return ops::group_points(on(features), on(groups)); });
    for (const at::Tensor& with : {features, at::Tensor()}) {
      check_twins("query_and_group", *device, 0, [&](auto&& on) {
        return ops::query_and_group(on(xyz), on(queries), on(with), radius, 9);
      });
      check_twins("group_all", *device, 0,
                  [&](auto&& on) { return ops::group_all(on(xyz), on(with)); });
    }
  }
}

TEST_CASE("the nearest three are equal on both devices, interpolation up to rounding") {
  const auto device = cuda_device();
  if (!device) return;
  for (const auto& [n, steps] : kClouds) {
    CAPTURE(n);
    CAPTURE(steps);
    const at::Tensor known = cloud_tensor(n, steps, 4);
    const at::Tensor unknown = cloud_tensor(std::max(1, n / 2), steps, 5);
    check_twins("three_nn", *device, 0,
                [&](auto&& on) { return ops::three_nn(on(unknown), on(known)); });
    const at::Tensor idx = ops::three_nn(unknown, known).idx;
    const at::Tensor features = features_tensor(5, n, 6);
    const at::Tensor weights = cloud_tensor(std::max(1, n / 2), 0, 7).abs();
    check_twins("three_interpolate", *device, kInterpolation, [&](auto&& on) {
      return ops::three_interpolate(on(features), on(idx), on(weights));
    });
  }
}

TEST_CASE("modules agree on both devices") {
  const auto device = cuda_device();
  if (!device) return;
  for (const auto& [n, steps] : kClouds) {
    if (n < 3) continue;  // features of a missing third neighbour are not defined
    CAPTURE(n);
    CAPTURE(steps);
    // Lattices are scaled to the unit cube, so that activations stay near 1.
    const float scale = steps > 0 ? 1.0F / static_cast<float>(steps) : 1.0F;
    const at::Tensor xyz = cloud_tensor(n, steps, 8).mul(scale);
    const at::Tensor features = features_tensor(6, n, 9);
    check_twins("abstract_set", *device, kModules, [&](auto&& on) {
      const ops::SetAbstraction module{
          std::min(n, 128),
          {{0.2F, 16, formula_mlp("", {9, 16, 32}, on)}, {0.5F, 32, formula_mlp("", {9, 64}, on)}}};
      return ops::abstract_set(module, on(xyz), on(features));
    });
    const at::Tensor fewer = cloud_tensor(std::max(3, n / 4), steps, 10).mul(scale);
    const at::Tensor of_fewer = features_tensor(8, std::max(3, n / 4), 11);
    check_twins("propagate_features", *device, kModules, [&](auto&& on) {
      return ops::propagate_features(formula_mlp("", {14, 32, 16}, on), on(xyz), on(fewer),
                                     on(features), on(of_fewer));
    });
  }
}

TEST_CASE("fits of triples and nearest distances agree on both devices") {
  const auto device = cuda_device();
  if (!device) return;
  for (const auto& [n, steps] : kClouds) {
    CAPTURE(n);
    CAPTURE(steps);
    const at::Tensor a = cloud_tensor(n, 0, 13);
    const at::Tensor b = cloud_tensor(n, 0, 14);
    const at::Tensor idx = cloud_tensor(90, n, 15).flatten(1).to(at::kInt);
    const at::Tensor other_idx = cloud_tensor(90, n, 16).flatten(1).to(at::kInt);
    check_twins("fit_triples", *device, kFits,
                [&](auto&& on) { return ops::fit_triples(on(a), on(b), on(idx), on(other_idx)); });
    const at::Tensor R = cloud_tensor(3 * 40, 0, 17).reshape({kBatch, 40, 3, 3});
    const at::Tensor t = cloud_tensor(40, 0, 18);
    const at::Tensor cloud = cloud_tensor(n, steps, 19);
    check_twins("nearest_distances", *device, 0,
                [&](auto&& on) { return ops::nearest_distances(on(a), on(R), on(t), on(cloud)); });
  }
}

TEST_CASE("an index outside of the cloud is not a number on the device") {
  const auto device = cuda_device();
  if (!device) return;
  const at::Tensor features = features_tensor(2, 5, 12).to(*device);
  const at::Tensor idx = at::empty({kBatch, 3}, at::kInt);
  const int outside[]{-1, 5, 2};
  for (int i = 0; i < 3 * kBatch; ++i) idx.data_ptr<int>()[i] = outside[i % 3];
  const at::Tensor gathered = ops::gather_points(features, idx.to(*device)).cpu();
  for (std::int64_t i = 0; i < gathered.numel(); ++i) {
    const float value = gathered.data_ptr<float>()[i];
    CHECK((value != value) == (i % 3 != 2));
  }
}

}  // namespace
}  // namespace sam6d::test
