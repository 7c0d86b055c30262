#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sam6d/export.hpp"

/// Named tensors in memory, as files of weights hold them (sam6d/checkpoint.hpp). Little endian.
namespace sam6d {

enum class DType {
  kBool,
  kUint8,
  kInt8,
  kUint16,
  kInt16,
  kUint32,
  kInt32,
  kUint64,
  kInt64,
  kFloat16,
  kBFloat16,
  kFloat32,
  kFloat64,
};

/// Bytes of an element.
[[nodiscard]] SAM6D_API std::size_t size_of(DType dtype) noexcept;
/// The name that safetensors files use: "F32", "I64", "U8", "BOOL", ...
[[nodiscard]] SAM6D_API std::string_view to_string(DType dtype) noexcept;
[[nodiscard]] SAM6D_API std::optional<DType> dtype_from_string(std::string_view name) noexcept;

/// Number of elements of a shape; nothing when it is not representable in 64 bits.
[[nodiscard]] SAM6D_API std::optional<std::uint64_t> element_count(
    std::span<const std::uint64_t> shape) noexcept;

/// A tensor in C order whose bytes somebody else owns; unless its maker says more, they may lie
/// unaligned.
struct TensorView {
  DType dtype = DType::kUint8;
  std::vector<std::uint64_t> shape;
  std::span<const std::byte> bytes;  ///< as many as dtype and shape say
};

/// A tensor in C order.
struct Tensor {
  DType dtype = DType::kUint8;
  std::vector<std::uint64_t> shape;
  std::vector<std::byte> bytes;  ///< as many as dtype and shape say
};

using TensorMap = std::map<std::string, Tensor, std::less<>>;
using TensorViewMap = std::map<std::string, TensorView, std::less<>>;

/// Texts about a file of tensors.
using Metadata = std::map<std::string, std::string, std::less<>>;

}  // namespace sam6d
