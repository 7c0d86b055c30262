#include "support/golden.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>

#include <ATen/ops/empty.h>
#include <doctest/doctest.h>

#include "checkpoint/safetensors.hpp"

namespace sam6d::test {
namespace {

at::ScalarType scalar_type(DType type) {
  switch (type) {
    case DType::kFloat32: return at::kFloat;
    case DType::kInt32: return at::kInt;
    case DType::kInt64: return at::kLong;
    case DType::kUint8: return at::kByte;
    default: FAIL("a golden of an unexpected type"); return at::kFloat;
  }
}

}  // namespace

Golden::Golden(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  REQUIRE(stream);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  const SafetensorsView view =
      parse_safetensors(std::as_bytes(std::span(text)), path.filename().string());
  for (const auto& [name, tensor] : view.tensors) {
    const std::vector<std::int64_t> shape(tensor.shape.begin(), tensor.shape.end());
    const at::Tensor copy = at::empty(shape, scalar_type(tensor.dtype));
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

}  // namespace sam6d::test
