#pragma once

#include <cstdint>
#include <fstream>
#include <string>

// Sanitizers keep memory of their own.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SAM6D_TEST_SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SAM6D_TEST_SANITIZED
#endif
#endif

namespace sam6d::test {

/// A line of /proc/self/status, such as "VmRSS:", in bytes; 0 where there is none.
inline std::uint64_t status_bytes(const std::string& name) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(name)) return std::stoull(line.substr(name.size())) * 1024;
  }
  return 0;
}

}  // namespace sam6d::test
