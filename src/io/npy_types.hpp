#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "sam6d/npy.hpp"

namespace sam6d {

/// How NumPy calls a type.
struct NpyTypeName {
  NpyType type;
  std::string_view descr;  ///< NumPy's code without the byte order
  std::string_view name;
  std::size_t size;
};

inline constexpr std::array<NpyTypeName, 12> kNpyTypes = {{
    {NpyType::kBool, "b1", "bool", 1},
    {NpyType::kInt8, "i1", "int8", 1},
    {NpyType::kInt16, "i2", "int16", 2},
    {NpyType::kInt32, "i4", "int32", 4},
    {NpyType::kInt64, "i8", "int64", 8},
    {NpyType::kUint8, "u1", "uint8", 1},
    {NpyType::kUint16, "u2", "uint16", 2},
    {NpyType::kUint32, "u4", "uint32", 4},
    {NpyType::kUint64, "u8", "uint64", 8},
    {NpyType::kFloat16, "f2", "float16", 2},
    {NpyType::kFloat32, "f4", "float32", 4},
    {NpyType::kFloat64, "f8", "float64", 8},
}};

inline const NpyTypeName& type_name(NpyType type) {
  return kNpyTypes[static_cast<std::size_t>(type)];
}

}  // namespace sam6d
