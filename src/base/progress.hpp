#pragma once

#include <string_view>

#include "base/fail.hpp"
#include "sam6d/progress.hpp"

namespace sam6d {

/// Tells the host; throws Error(kCancelled) when it wants to stop.
inline void report(const ProgressFn& progress, std::string_view stage, int done, int total) {
  if (progress && !progress(Progress{stage, done, total})) {
    fail(ErrorCode::kCancelled, "cancelled by the caller during {}", stage);
  }
}

}  // namespace sam6d
