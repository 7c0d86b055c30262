#pragma once

#include <optional>
#include <string>

#include <doctest/doctest.h>

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

/// `action` throws an Error of this code whose message mentions `text`.
template <class Action>
void check_error(Action&& action, ErrorCode code, const std::string& text) {
  const std::optional<Error> error = error_of(action);
  REQUIRE(error);
  CHECK(error->code() == code);
  INFO(error->what());
  CHECK(mentions(error, text));
}

}  // namespace sam6d::test
