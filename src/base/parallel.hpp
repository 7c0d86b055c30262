#pragma once

#include <functional>

#include "sam6d/export.hpp"

namespace sam6d {

/// How many threads `requested` means: itself, or one a core for 0.
[[nodiscard]] SAM6D_API int thread_count(int requested) noexcept;

/// Calls body(i) for i in 0 .. count-1 on up to `threads` threads (0 = one a core), the caller's
/// among them; indices are handed out one by one. The first exception ends the loop and is thrown
/// again here. What body writes must depend on i alone, so that results do not depend on the number
/// of threads.
SAM6D_API void parallel_for(int count, int threads, const std::function<void(int)>& body);

/// The same over ranges [begin, end) of at most `grain` indices.
SAM6D_API void parallel_for_ranges(int count, int grain, int threads,
                                   const std::function<void(int begin, int end)>& body);

}  // namespace sam6d
