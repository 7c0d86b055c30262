#pragma once

#include <string_view>
#include <utility>

#include <c10/util/Exception.h>

#include "sam6d/error.hpp"

namespace sam6d {

/// Throws Error(kOutOfMemory), Error(kDevice) or else Error(kInvalidArgument) for what LibTorch
/// says.
[[noreturn]] void fail_as_torch(std::string_view what, const c10::Error& problem);

/// Calls `action`; what LibTorch throws becomes an Error, everything else passes through.
template <class Action>
decltype(auto) with_torch_errors(std::string_view what, Action&& action) {
  try {
    return std::forward<Action>(action)();
  } catch (const c10::Error& problem) {
    fail_as_torch(what, problem);
  }
}

}  // namespace sam6d
