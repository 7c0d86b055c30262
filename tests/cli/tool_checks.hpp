#pragma once

#include <string>

#include <doctest/doctest.h>

#include "run_tool.hpp"

namespace sam6d::test {

inline bool says(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The one line that a failed command says.
inline std::string error_of(const ToolRun& run) {
  CHECK(run.exit_code == 1);
  REQUIRE(run.error_lines().size() == 1);
  return run.error_lines().front();
}

/// The options with more of them behind.
inline Variables with(Variables options, const Variables& more) {
  options.insert(options.end(), more.begin(), more.end());
  return options;
}

}  // namespace sam6d::test
