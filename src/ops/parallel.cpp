#include "ops/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>

#include <ATen/Parallel.h>

namespace sam6d::ops {

void parallel_for(int count, int threads, const std::function<void(int)>& body) {
  const int workers = std::min(count, threads);
  if (workers <= 1) {
    for (int i = 0; i < count; ++i) body(i);
    return;
  }
  std::atomic<int> next{0};
  at::parallel_for(0, workers, 1, [&](std::int64_t, std::int64_t) {
    try {
      for (int i = next++; i < count; i = next++) body(i);
    } catch (...) {
      next = count;  // at::parallel_for throws it again
      throw;
    }
  });
}

void parallel_for_ranges(int count, int grain, int threads,
                         const std::function<void(int begin, int end)>& body) {
  const int step = std::max(1, grain);
  parallel_for((count + step - 1) / step, threads,
               [&](int range) { body(range * step, std::min(count, (range + 1) * step)); });
}

}  // namespace sam6d::ops
