#pragma once

#include <optional>
#include <string>

#include "sam6d/error.hpp"

namespace sam6d::test {

/// The Error that `action` throws; nothing when it throws none. Other exceptions pass through.
template <class Action>
std::optional<Error> error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  return std::nullopt;
}

inline bool mentions(const std::optional<Error>& error, const std::string& text) {
  return error && std::string(error->what()).find(text) != std::string::npos;
}

}  // namespace sam6d::test
