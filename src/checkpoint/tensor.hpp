#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sam6d/tensor.hpp"

namespace sam6d {

static_assert(std::endian::native == std::endian::little, "tensor files are little endian");

template <class T>
constexpr DType dtype_of() {
  if constexpr (std::is_same_v<T, float>) return DType::kFloat32;
  if constexpr (std::is_same_v<T, double>) return DType::kFloat64;
  if constexpr (std::is_same_v<T, std::uint8_t>) return DType::kUint8;
  if constexpr (std::is_same_v<T, std::int8_t>) return DType::kInt8;
  if constexpr (std::is_same_v<T, std::uint16_t>) return DType::kUint16;
  if constexpr (std::is_same_v<T, std::int16_t>) return DType::kInt16;
  if constexpr (std::is_same_v<T, std::uint32_t>) return DType::kUint32;
  if constexpr (std::is_same_v<T, std::int32_t>) return DType::kInt32;
  if constexpr (std::is_same_v<T, std::uint64_t>) return DType::kUint64;
  if constexpr (std::is_same_v<T, std::int64_t>) return DType::kInt64;
}

/// How many Scalars lie in an Item.
template <class Scalar, class Item>
constexpr std::size_t columns_of() {
  if constexpr (std::is_same_v<Scalar, Item>) return 1;
  static_assert(sizeof(Item) % sizeof(Scalar) == 0);
  return sizeof(Item) / sizeof(Scalar);  // NOLINT(bugprone-sizeof-expression)
}

/// A tensor of the elements of `items`, each of which is one `Scalar` or a packed row of them (an
/// Eigen vector, an Rgb8): shape (n) or (n, Scalars of an item).
template <class Scalar, class Item>
Tensor tensor_of(std::span<const Item> items) {
  constexpr std::size_t kColumns = columns_of<Scalar, Item>();
  Tensor tensor{dtype_of<Scalar>(), {items.size()}, {}};
  if (kColumns > 1) tensor.shape.push_back(kColumns);
  const std::span<const std::byte> bytes = std::as_bytes(items);
  tensor.bytes.assign(bytes.begin(), bytes.end());
  return tensor;
}

/// The tensor of that name as items like those given to tensor_of. Throws Error(kBadFile), naming
/// `source`, when it is missing or of another type or shape.
template <class Scalar, class Item = Scalar>
std::vector<Item> items_of(const TensorViewMap& tensors, std::string_view name,
                           std::string_view source);

/// As items_of says; 0 columns stand for a tensor of one dimension.
[[nodiscard]] const TensorView& checked_tensor(const TensorViewMap& tensors, std::string_view name,
                                               DType dtype, std::size_t columns,
                                               std::string_view source);

template <class Scalar, class Item>
std::vector<Item> items_of(const TensorViewMap& tensors, std::string_view name,
                           std::string_view source) {
  constexpr std::size_t kColumns = columns_of<Scalar, Item>();
  const TensorView& tensor =
      checked_tensor(tensors, name, dtype_of<Scalar>(), kColumns > 1 ? kColumns : 0, source);
  std::vector<Item> items(tensor.bytes.size() / sizeof(Item));
  if (!items.empty()) {
    std::memcpy(static_cast<void*>(items.data()), tensor.bytes.data(), tensor.bytes.size());
  }
  return items;
}

}  // namespace sam6d
