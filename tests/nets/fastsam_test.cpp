#include "nets/fastsam.hpp"

#include <cmath>
#include <memory>
#include <string>
#include <vector>

#include <ATen/ops/rand.h>
#include <doctest/doctest.h>

#include "checkpoint/formula_weights.hpp"
#include "checkpoint/safetensors.hpp"
#include "nets/fastsam_golden.hpp"
#include "nets/precision.hpp"
#include "sam6d/forward.hpp"
#include "support/errors.hpp"

namespace sam6d::test {
namespace {

const std::filesystem::path kData = std::filesystem::path(SAM6D_TEST_DATA) / "ism";
const std::filesystem::path kOverrides = kData / "fastsam_tiny_overrides.safetensors";

Weights tiny_weights() {
  return Weights::synthetic(Network::kFastSam).overridden_by(Weights::from_file(kOverrides));
}

nets::FastSamSizes tiny_sizes() { return nets::fastsam_sizes(0.125, 0.33, 256); }

nets::FastSam tiny_network(at::ScalarType type = at::kFloat) {
  return nets::load_fastsam(tiny_weights(), tiny_sizes(), at::kCPU, type);
}

at::Tensor picture() { return formula_tensor("fastsam_input", {2, 3, 96, 64}).mul(5).add(0.5); }

TEST_CASE("the tiny FastSAM network gives the reference's values on noise") {
  check_tiny_fastsam(Golden(kData / "fastsam_net.safetensors"), kOverrides, picture());
}

TEST_CASE("the reduced precision stays near") {
  const nets::FastSamOutput exact = nets::run(tiny_network(), picture());
  const nets::FastSamOutput rough = nets::run(tiny_network(at::kBFloat16), picture());
  CHECK((rough.pred.scalar_type() == at::kFloat));
  CHECK((rough.proto.scalar_type() == at::kFloat));
  // Of scores 0..1, on average over the cells: bfloat16 has 8 bits, and noise leaves most scores of
  // this network somewhere between.
  constexpr double kMeanScoreTolerance = 0.05;
  const at::Tensor difference = exact.pred.slice(1, 4, 5).sub(rough.pred.slice(1, 4, 5)).abs();
  CHECK(difference.mean().item<double>() < kMeanScoreTolerance);
  CHECK(difference.mean().item<double>() > 0);
}

TEST_CASE("pictures of a batch do not touch each other") {
  const nets::FastSam network = tiny_network();
  const nets::FastSamOutput both = nets::run(network, picture());
  const nets::FastSamOutput second = nets::run(network, picture().slice(0, 1, 2));
  // Sums are made in another order.
  constexpr double kBoxTolerancePx = 1e-2;
  constexpr double kProtoTolerance = 1e-3;
  CHECK(largest_difference(both.pred.slice(0, 1, 2), second.pred) < kBoxTolerancePx);
  CHECK(largest_difference(both.proto.slice(0, 1, 2), second.proto) < kProtoTolerance);
}

TEST_CASE("inputs that the network cannot take are refused") {
  const nets::FastSam network = tiny_network();
  for (const std::vector<std::int64_t>& shape :
       {std::vector<std::int64_t>{1, 3, 100, 64}, {1, 1, 96, 64}, {3, 96, 64}, {0, 3, 96, 64}}) {
    const auto error = error_of([&] { (void)nets::run(network, at::rand(shape)); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kInvalidArgument);
  }
  CHECK(error_of([&] { (void)nets::run(network, picture().to(at::kByte)); })->code() ==
        ErrorCode::kInvalidArgument);
}

TEST_CASE("the published sizes follow from width and depth") {
  const nets::FastSamSizes x = nets::fastsam_sizes(1.25, 1.0, 512);
  CHECK(x.channels == nets::FastSamSizes{}.channels);
  CHECK(x.short_blocks == 3);
  CHECK(x.long_blocks == 6);
  const nets::FastSamSizes s = nets::fastsam_sizes_from_json(R"({"width": 0.5, "depth": 0.33,
                                                                 "max_channels": 1024})");
  CHECK(s.channels == std::array<std::int64_t, 5>{32, 64, 128, 256, 512});
  CHECK(s.short_blocks == 1);
  CHECK(s.long_blocks == 2);
  CHECK(nets::fastsam_sizes(0.75, 0.67, 768).channels ==
        std::array<std::int64_t, 5>{48, 96, 192, 384, 576});
  for (const char* const wrong :
       {"", "[]", R"({"width": "x"})", R"({"widht": 1})", R"({"width": 0})", R"({"depth": -1})",
        R"({"max_channels": 1.5})", R"({"max_channels": 100000000})", R"({"width": 1e300})"}) {
    CAPTURE(wrong);
    const auto error = error_of([&] { (void)nets::fastsam_sizes_from_json(wrong); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kInvalidArgument);
  }
}

/// All tensors of a network in a file, under a prefix.
Weights file_of(const nets::FastSamSizes& sizes, const std::string& prefix) {
  TensorMap tensors;
  const auto describe = [&](nets::Parameters& p) { return nets::take_fastsam(p, sizes); };
  for (const ExpectedTensor& tensor : nets::Parameters::expected(describe)) {
    if (!tensor.required) continue;
    std::vector<float> values(element_count(tensor.shape).value());
    fill_by_formula(tensor.name, tensor.shape, values);
    const auto bytes = std::as_bytes(std::span(values));
    tensors[prefix + tensor.name] = {DType::kFloat32, tensor.shape, {bytes.begin(), bytes.end()}};
  }
  const auto file = std::make_shared<const std::vector<std::byte>>(safetensors_bytes(tensors));
  return Weights::from_memory(*file, "made", file);
}

TEST_CASE("sizes are read from the weights, and formula weights have those of FastSAM-x") {
  for (const nets::FastSamSizes& sizes :
       {tiny_sizes(), nets::fastsam_sizes(0.25, 0.67, 1024), nets::fastsam_sizes(0.125, 1, 256)}) {
    const Weights weights = file_of(sizes, "model.");
    const nets::FastSamSizes read = nets::fastsam_sizes_of(weights);
    CHECK(read.channels == sizes.channels);
    CHECK(read.short_blocks == sizes.short_blocks);
    CHECK(read.long_blocks == sizes.long_blocks);
    CHECK(nets::load_fastsam(weights, read, at::kCPU, at::kFloat).bytes > 0);
  }
  CHECK(nets::fastsam_sizes_of(Weights::synthetic(Network::kFastSam)).channels ==
        nets::FastSamSizes{}.channels);
  const auto error = error_of([] {
    (void)nets::load_fastsam(file_of(nets::fastsam_sizes(0.125, 1, 256), ""), tiny_sizes(),
                             at::kCPU, at::kFloat);
  });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kBadWeights);
  CHECK(std::string(error->what()).find("model.2.m.1.cv1.conv.weight") != std::string::npos);
}

}  // namespace
}  // namespace sam6d::test
