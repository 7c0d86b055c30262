#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

namespace sam6d {

/// Unsigned numbers of `size` bytes; the caller has checked that they are there.
inline std::uint32_t big_endian(std::span<const std::byte> bytes, std::size_t at,
                                std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = 0; i < size; ++i) {
    value = (value << 8U) | std::to_integer<std::uint32_t>(bytes[at + i]);
  }
  return value;
}

inline std::uint32_t little_endian(std::span<const std::byte> bytes, std::size_t at,
                                   std::size_t size) {
  std::uint32_t value = 0;
  for (std::size_t i = size; i > 0; --i) {
    value = (value << 8U) | std::to_integer<std::uint32_t>(bytes[at + i - 1]);
  }
  return value;
}

}  // namespace sam6d
