#include "base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace sam6d {

int thread_count(int requested) noexcept {
  if (requested > 0) return requested;
  return std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
}

void parallel_for(int count, int threads, const std::function<void(int)>& body) {
  const int workers = std::min(thread_count(threads), count);
  if (workers <= 1) {
    for (int i = 0; i < count; ++i) body(i);
    return;
  }
  std::atomic<int> next{0};
  std::mutex mutex;
  std::exception_ptr error;
  const auto work = [&] {
    for (int i = next++; i < count; i = next++) {
      try {
        body(i);
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!error) error = std::current_exception();
        next = count;
        return;
      }
    }
  };
  {
    std::vector<std::jthread> others;
    others.reserve(static_cast<std::size_t>(workers - 1));
    for (int t = 1; t < workers; ++t) others.emplace_back(work);
    work();
  }
  if (error) std::rethrow_exception(error);
}

void parallel_for_ranges(int count, int grain, int threads,
                         const std::function<void(int begin, int end)>& body) {
  const int step = std::max(1, grain);
  parallel_for((count + step - 1) / step, threads,
               [&](int range) { body(range * step, std::min(count, (range + 1) * step)); });
}

}  // namespace sam6d
