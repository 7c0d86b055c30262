#include "support/golden.hpp"

#include <cmath>
#include <cstring>
#include <fstream>
#include <iterator>
#include <limits>
#include <span>

#include <ATen/ops/empty.h>
#include <doctest/doctest.h>

#include "checkpoint/formula_weights.hpp"
#include "checkpoint/safetensors.hpp"

namespace sam6d::test {
namespace {

at::ScalarType scalar_type(DType type) {
  switch (type) {
    case DType::kBool: return at::kBool;
    case DType::kUint8: return at::kByte;
    case DType::kInt16: return at::kShort;
    case DType::kInt32: return at::kInt;
    case DType::kInt64: return at::kLong;
    case DType::kFloat16: return at::kHalf;
    case DType::kFloat32: return at::kFloat;
    case DType::kFloat64: return at::kDouble;
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
  at::Tensor tensor = at::empty(shape, at::kFloat);
  fill_by_formula(name, std::vector<std::uint64_t>(shape.begin(), shape.end()),
                  std::span(tensor.data_ptr<float>(), static_cast<std::size_t>(tensor.numel())));
  return tensor;
}

}  // namespace sam6d::test
