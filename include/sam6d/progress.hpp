#pragma once

#include <functional>
#include <string_view>

namespace sam6d {

/// One step of a long call.
struct Progress {
  std::string_view stage;  ///< e.g. "template views"; valid during the callback only
  int done = 0;            ///< steps finished in this stage
  int total = 0;           ///< steps of this stage; 0 = unknown
};

/// Called from one thread at a time. Returning false cancels the call, which then throws
/// Error(kCancelled). What the callback throws passes through the call unchanged.
using ProgressFn = std::function<bool(const Progress&)>;

}  // namespace sam6d
