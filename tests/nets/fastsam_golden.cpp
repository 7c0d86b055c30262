#include "nets/fastsam_golden.hpp"

#include <map>
#include <string>

#include <doctest/doctest.h>

#include "nets/fastsam.hpp"

namespace sam6d::test {
namespace {

// The reference itself differs from float64 by 1.2e-3 px, 5e-5 and 6e-5, and folding its batch
// norms moves boxes by 3e-3 px.
constexpr double kBoxTolerancePx = 1e-2;
constexpr double kScoreTolerance = 5e-4;  // and of coefficients
constexpr double kProtoTolerance = 1e-3;
constexpr double kStageTolerance = 1e-3;  // of activations of size 1 to 10

}  // namespace

void check_tiny_fastsam(const Golden& golden, const std::filesystem::path& overrides,
                        const at::Tensor& input) {
  const Weights weights =
      Weights::synthetic(Network::kFastSam).overridden_by(Weights::from_file(overrides));
  const nets::FastSam network =
      nets::load_fastsam(weights, nets::fastsam_sizes(0.125, 0.33, 256), at::kCPU, at::kFloat);
  std::map<std::string, at::Tensor> stages;
  const nets::FastSamOutput output = nets::run(
      network, input,
      [&](std::string_view name, const at::Tensor& value) { stages.emplace(name, value); });
  int compared = 0;
  for (int layer = 0; layer < 22; ++layer) {
    const std::string name = "layer" + std::to_string(layer);
    REQUIRE(stages.contains(name));
    if (!golden.has("net." + name + "_sub")) continue;
    const at::Tensor sub = stages[name].slice(2, 0, {}, 2).slice(3, 0, {}, 2);
    CAPTURE(name);
    CHECK(largest_difference(sub, golden["net." + name + "_sub"]) < kStageTolerance);
    ++compared;
  }
  CHECK(compared == 8);

  const at::Tensor& expected = golden["net.pred"];
  REQUIRE(output.pred.sizes() == expected.sizes());
  CHECK(largest_difference(output.pred.slice(1, 0, 4), expected.slice(1, 0, 4)) < kBoxTolerancePx);
  CHECK(largest_difference(output.pred.slice(1, 4), expected.slice(1, 4)) < kScoreTolerance);
  CHECK(largest_difference(output.proto, golden["net.proto"]) < kProtoTolerance);
}

}  // namespace sam6d::test
