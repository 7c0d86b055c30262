#pragma once

#include <utility>

#include <fmt/format.h>

#include "sam6d/error.hpp"

namespace sam6d {

/// Throws Error with a formatted message.
template <class... Args>
[[noreturn]] void fail(ErrorCode code, fmt::format_string<Args...> format, Args&&... args) {
  throw Error(code, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace sam6d
