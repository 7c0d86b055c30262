#include <algorithm>
#include <cstring>
#include <functional>
#include <limits>
#include <numeric>
#include <utility>

#include "base/fail.hpp"
#include "io/npy_types.hpp"
#include "sam6d/npy.hpp"

namespace sam6d {
namespace {

template <class To, class From>
std::vector<To> converted(std::span<const std::byte> bytes) {
  std::vector<To> values(bytes.size() / sizeof(From));
  for (std::size_t i = 0; i < values.size(); ++i) {
    From value;
    std::memcpy(&value, bytes.data() + i * sizeof(From), sizeof(From));
    values[i] = static_cast<To>(value);
  }
  return values;
}

template <class To>
std::vector<To> to_floating(const NpyArray& array) {
  switch (array.type) {
    case NpyType::kBool: {
      std::vector<To> values(array.bytes.size());
      std::transform(array.bytes.begin(), array.bytes.end(), values.begin(),
                     [](std::byte byte) { return byte == std::byte{0} ? To{0} : To{1}; });
      return values;
    }
    case NpyType::kInt8: return converted<To, std::int8_t>(array.bytes);
    case NpyType::kInt16: return converted<To, std::int16_t>(array.bytes);
    case NpyType::kInt32: return converted<To, std::int32_t>(array.bytes);
    case NpyType::kInt64: return converted<To, std::int64_t>(array.bytes);
    case NpyType::kUint8: return converted<To, std::uint8_t>(array.bytes);
    case NpyType::kUint16: return converted<To, std::uint16_t>(array.bytes);
    case NpyType::kUint32: return converted<To, std::uint32_t>(array.bytes);
    case NpyType::kUint64: return converted<To, std::uint64_t>(array.bytes);
    case NpyType::kFloat16: {
      const std::vector<std::uint16_t> halves =
          converted<std::uint16_t, std::uint16_t>(array.bytes);
      std::vector<To> values(halves.size());
      std::transform(halves.begin(), halves.end(), values.begin(),
                     [](std::uint16_t half) { return static_cast<To>(half_to_float(half)); });
      return values;
    }
    case NpyType::kFloat32: return converted<To, float>(array.bytes);
    case NpyType::kFloat64: return converted<To, double>(array.bytes);
  }
  fail(ErrorCode::kInvalidArgument, "array: unknown element type");
}

template <class T>
NpyArray array_of(NpyType type, std::span<const T> values, std::vector<std::size_t> shape) {
  NpyArray array;
  array.type = type;
  array.shape = std::move(shape);
  if (array.size() != values.size()) {
    fail(ErrorCode::kInvalidArgument, "array: expected {} values for its shape, found {}",
         array.size(), values.size());
  }
  const auto bytes = std::as_bytes(values);
  array.bytes.assign(bytes.begin(), bytes.end());
  return array;
}

}  // namespace

std::size_t size_of(NpyType type) noexcept { return type_name(type).size; }

std::string_view to_string(NpyType type) noexcept { return type_name(type).name; }

std::size_t NpyArray::size() const {
  return std::accumulate(shape.begin(), shape.end(), std::size_t{1}, std::multiplies<>());
}

std::vector<float> NpyArray::to_float() const { return to_floating<float>(*this); }

std::vector<double> NpyArray::to_double() const { return to_floating<double>(*this); }

std::vector<std::int64_t> NpyArray::to_int64() const {
  switch (type) {
    case NpyType::kInt64: return converted<std::int64_t, std::int64_t>(bytes);
    case NpyType::kUint64: {
      const std::vector<std::uint64_t> values = converted<std::uint64_t, std::uint64_t>(bytes);
      constexpr auto kMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
      if (std::any_of(values.begin(), values.end(), [](std::uint64_t v) { return v > kMax; })) {
        fail(ErrorCode::kInvalidArgument, "array: expected integers below 2^63, found larger ones");
      }
      return {values.begin(), values.end()};
    }
    case NpyType::kFloat16:
    case NpyType::kFloat32:
    case NpyType::kFloat64:
      fail(ErrorCode::kInvalidArgument, "array: expected integers, found {}", to_string(type));
    default: {
      // All others fit into a double exactly.
      const std::vector<double> values = to_double();
      return {values.begin(), values.end()};
    }
  }
}

NpyArray NpyArray::of(std::span<const float> values, std::vector<std::size_t> shape) {
  return array_of(NpyType::kFloat32, values, std::move(shape));
}

NpyArray NpyArray::of(std::span<const double> values, std::vector<std::size_t> shape) {
  return array_of(NpyType::kFloat64, values, std::move(shape));
}

NpyArray NpyArray::of(std::span<const std::uint8_t> values, std::vector<std::size_t> shape) {
  return array_of(NpyType::kUint8, values, std::move(shape));
}

NpyArray NpyArray::of(std::span<const std::int64_t> values, std::vector<std::size_t> shape) {
  return array_of(NpyType::kInt64, values, std::move(shape));
}

NpyArray NpyArray::of_half(std::span<const float> values, std::vector<std::size_t> shape) {
  std::vector<std::uint16_t> halves(values.size());
  std::transform(values.begin(), values.end(), halves.begin(), float_to_half);
  return array_of(NpyType::kFloat16, std::span<const std::uint16_t>(halves), std::move(shape));
}

}  // namespace sam6d
