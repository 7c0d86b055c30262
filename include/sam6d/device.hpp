#pragma once

#include <string>
#include <string_view>

#include "sam6d/export.hpp"

namespace sam6d {

/// Where networks run. The geometric backends always use the CPU.
struct Device {
  enum Kind { kCpu, kCuda };
  Kind kind = kCpu;
  int index = 0;

  friend bool operator==(const Device&, const Device&) = default;
};

/// Reads "cpu", "cuda" or "cuda:1". Throws Error(kInvalidArgument) on anything else.
[[nodiscard]] SAM6D_API Device parse_device(std::string_view text);
[[nodiscard]] SAM6D_API std::string to_string(const Device& device);

/// Numbers that a network's features and weights are kept in; points and poses are float32 always.
enum class Precision { kFloat32, kBFloat16, kFloat16 };

/// Reads "float32", "bfloat16" or "float16". Throws Error(kInvalidArgument) on anything else.
[[nodiscard]] SAM6D_API Precision parse_precision(std::string_view text);
[[nodiscard]] SAM6D_API std::string_view to_string(Precision precision) noexcept;

}  // namespace sam6d
