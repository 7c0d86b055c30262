#pragma once

#include <string>

#include <doctest/doctest.h>

namespace sam6d::test {

/// Whether something that this program's tests need is missing: main() then returns what ctest
/// counts as skipped, unless a test failed.
inline bool& something_was_missing() {
  static bool missing = false;
  return missing;
}

/// Call it and return from the test.
inline void skip(const std::string& why) {
  MESSAGE("skipped: " << why);
  something_was_missing() = true;
}

}  // namespace sam6d::test
