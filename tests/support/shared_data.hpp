#pragma once

#include <cstdlib>
#include <filesystem>
#include <optional>

#include "support/skipped.hpp"

namespace sam6d::test {

/// A file or folder of the larger test data ($SAM6D_SHARED); nothing where it is missing, and then
/// the whole test program counts as skipped. Use it in *_shared_test.cpp alone:
///   const auto folder = shared_data("scenes");
///   if (!folder) return;
inline std::optional<std::filesystem::path> shared_data(const std::filesystem::path& relative) {
  const char* const root = std::getenv("SAM6D_SHARED");
  const std::filesystem::path path =
      std::filesystem::path(root != nullptr ? root : "../shared") / relative;
  if (std::filesystem::exists(path)) return path;
  skip("there is no " + path.string());
  return std::nullopt;
}

}  // namespace sam6d::test
