#pragma once

#include <cstdint>
#include <string_view>

#include "base/fail.hpp"

/// What sizes of networks must be; each throws Error(kInvalidArgument) that names the field. `who`:
/// whose configuration, "pem config".
namespace sam6d::nets {

/// No published network comes near; a mistyped size must not ask for terabytes.
inline constexpr std::int64_t kLargestSize = 1 << 16;

template <class Number>
void expect_positive(std::string_view who, std::string_view field, Number value) {
  if (!(value > 0)) {
    fail(ErrorCode::kInvalidArgument, "{}: {}: expected a positive number, found {}", who, field,
         value);
  }
}

inline void expect_size(std::string_view who, std::string_view field, std::int64_t value) {
  expect_positive(who, field, value);
  if (value > kLargestSize) {
    fail(ErrorCode::kInvalidArgument, "{}: {}: expected at most {}, found {}", who, field,
         kLargestSize, value);
  }
}

inline void expect_heads(std::string_view who, std::string_view field, std::int64_t heads,
                         std::int64_t channels) {
  expect_positive(who, field, heads);
  if (channels % heads != 0) {
    fail(ErrorCode::kInvalidArgument, "{}: {}: {} channels cannot be shared by {} heads", who,
         field, channels, heads);
  }
}

}  // namespace sam6d::nets
