#include "sam6d/weights.hpp"

#include <array>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <memory>
#include <vector>

#include <doctest/doctest.h>

#include "checkpoint/formula_weights.hpp"
#include "checkpoint/safetensors.hpp"
#include "checkpoint/weights_data.hpp"
#include "support/errors.hpp"

namespace sam6d::test {
namespace {

const std::filesystem::path kFiles = std::filesystem::path(SAM6D_TEST_DATA) / "checkpoints";

/// `count` float32 numbers `value` as a tensor.
Tensor filled(std::vector<std::uint64_t> shape, std::size_t count, float value) {
  const std::vector<float> values(count, value);
  const auto bytes = std::as_bytes(std::span(values));
  return {DType::kFloat32, std::move(shape), {bytes.begin(), bytes.end()}};
}

float first_value(const ModelTensors& model, const char* name) {
  float value = 0;
  std::memcpy(&value, model.tensors.at(name).bytes.data(), sizeof value);
  return value;
}

TEST_CASE("synthetic numbers follow the rules of the tensors' names") {
  const auto value = [](const char* name, std::vector<std::uint64_t> shape, std::size_t count) {
    std::vector<float> values(count);
    fill_by_formula(name, shape, values);
    return values;
  };
  // u in [-1, 1) of one element; all rules are linear in it.
  const float u = value("x", {2, 2}, 4)[0] / 0.1F;
  CHECK(std::abs(u) <= 1.0F);
  CHECK(value("x", {2, 2}, 4) == value("x", {2, 2}, 4));
  CHECK(value("x", {2, 2}, 4)[1] != value("x", {2, 2}, 4)[2]);
  CHECK(value("x", {2, 2}, 4)[0] != value("y", {2, 2}, 4)[0]);
  for (const float v : value("a.running_var", {1000}, 1000)) CHECK(std::abs(v - 1) <= 0.25F);
  for (const float v : value("a.weight", {1000}, 1000)) CHECK(std::abs(v - 1) <= 0.1F);
  for (const float v : value("a.gamma", {10, 100}, 1000)) CHECK(std::abs(v - 0.5F) <= 0.1F);
  for (const float v : value("a.bias", {1000}, 1000)) CHECK(std::abs(v) <= 0.05F);
  double sum = 0;
  for (const float v : value("a.weight", {10, 100}, 1000)) {
    CHECK(std::abs(v) <= std::sqrt(3.0F / 100));
    sum += v * v;
  }
  CHECK(sum / 1000 == doctest::Approx(1.0 / 100).epsilon(0.1));  // the variance of uniform numbers
}

TEST_CASE("the hash depends on names, shapes and values and not on the format of the file") {
  const Weights zip = Weights::from_file(kFiles / "state_dict.pth");
  const Weights legacy = Weights::from_file(kFiles / "state_dict_old_format.pth");
  CHECK(zip.hash().size() == 16);
  CHECK(zip.hash() == legacy.hash());
  CHECK(zip.hash() != Weights::from_file(kFiles / "module_state_dict.pth").hash());
  CHECK(zip.hash() != Weights::synthetic(Network::kPem).hash());
  CHECK(Weights::synthetic(Network::kSam).hash() != Weights::synthetic(Network::kPem).hash());
  CHECK_FALSE(zip.is_synthetic());
}

TEST_CASE("later files override single tensors") {
  const Tensor a = filled({2}, 2, 1);
  const auto weights = [](const char* source, const TensorMap& tensors) {
    const auto bytes = std::make_shared<const std::vector<std::byte>>(safetensors_bytes(tensors));
    return Weights::from_memory(*bytes, source, bytes);
  };
  const Weights all = weights("all", {{"a", a}, {"b", filled({2}, 2, 2)}});
  const Weights one = weights("one", {{"b", filled({2}, 2, 3)}});
  const std::array<ExpectedTensor, 2> expected = {{{"a", {2}, true}, {"b", {2}, true}}};
  const ModelTensors both = model_tensors(all.overridden_by(one), Network::kPem, expected);
  CHECK(first_value(both, "a") == 1.0F);
  CHECK(first_value(both, "b") == 3.0F);
  const ModelTensors made =
      model_tensors(Weights::synthetic(Network::kPem).overridden_by(one), Network::kPem, expected);
  CHECK(std::abs(first_value(made, "a")) <= 0.05F);
  CHECK(first_value(made, "b") == 3.0F);
  check_error([&] { static_cast<void>(model_tensors(one, Network::kPem, expected)); },
              ErrorCode::kBadWeights, "a");
  check_error(
      [&] {
        static_cast<void>(
            model_tensors(Weights::synthetic(Network::kSam), Network::kPem, expected));
      },
      ErrorCode::kBadWeights, "synthetic weights of sam");
  check_error([&] { static_cast<void>(all.overridden_by(Weights::synthetic(Network::kPem))); },
              ErrorCode::kInvalidArgument, "synthetic");
}

}  // namespace
}  // namespace sam6d::test
