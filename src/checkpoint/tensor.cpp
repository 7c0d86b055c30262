#include "checkpoint/tensor.hpp"

#include <array>
#include <limits>

#include <fmt/ranges.h>

#include "base/fail.hpp"

namespace sam6d {
namespace {

struct DTypeInfo {
  DType dtype;
  std::string_view name;
  std::size_t size;
};

constexpr std::array<DTypeInfo, 13> kDTypes = {{
    {DType::kBool, "BOOL", 1},
    {DType::kUint8, "U8", 1},
    {DType::kInt8, "I8", 1},
    {DType::kUint16, "U16", 2},
    {DType::kInt16, "I16", 2},
    {DType::kUint32, "U32", 4},
    {DType::kInt32, "I32", 4},
    {DType::kUint64, "U64", 8},
    {DType::kInt64, "I64", 8},
    {DType::kFloat16, "F16", 2},
    {DType::kBFloat16, "BF16", 2},
    {DType::kFloat32, "F32", 4},
    {DType::kFloat64, "F64", 8},
}};

}  // namespace

std::size_t size_of(DType dtype) noexcept { return kDTypes[static_cast<std::size_t>(dtype)].size; }

std::string_view to_string(DType dtype) noexcept {
  return kDTypes[static_cast<std::size_t>(dtype)].name;
}

std::optional<DType> dtype_from_string(std::string_view name) noexcept {
  for (const DTypeInfo& info : kDTypes) {
    if (info.name == name) return info.dtype;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> element_count(std::span<const std::uint64_t> shape) noexcept {
  std::uint64_t count = 1;
  bool empty = false;
  for (const std::uint64_t size : shape) {
    if (size == 0) {
      empty = true;
    } else if (count > std::numeric_limits<std::uint64_t>::max() / size) {
      return std::nullopt;
    } else {
      count *= size;
    }
  }
  return empty ? 0 : count;
}

const TensorView& checked_tensor(const TensorViewMap& tensors, std::string_view name, DType dtype,
                                 std::size_t columns, std::string_view source) {
  const auto found = tensors.find(name);
  if (found == tensors.end()) {
    fail(ErrorCode::kBadFile, "{}: expected a tensor {}, found none", source, name);
  }
  const TensorView& tensor = found->second;
  const bool right_shape = columns == 0 ? tensor.shape.size() == 1
                                        : tensor.shape.size() == 2 && tensor.shape[1] == columns;
  if (tensor.dtype != dtype || !right_shape) {
    fail(ErrorCode::kBadFile, "{}: expected tensor {} to be {} of shape (n{}), found {} of ({})",
         source, name, to_string(dtype), columns == 0 ? "" : fmt::format(", {}", columns),
         to_string(tensor.dtype), fmt::join(tensor.shape, ", "));
  }
  return tensor;
}

}  // namespace sam6d
