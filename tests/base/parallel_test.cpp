#include "base/parallel.hpp"

#include <algorithm>
#include <atomic>
#include <stdexcept>
#include <vector>

#include <doctest/doctest.h>

namespace sam6d {
namespace {

TEST_CASE("every index is visited once, whatever the number of threads") {
  for (const int threads : {0, 1, 2, 7}) {
    for (const int count : {0, 1, 5, 1000}) {
      std::vector<std::atomic<int>> visits(static_cast<std::size_t>(count));
      parallel_for(count, threads, [&](int i) { ++visits[static_cast<std::size_t>(i)]; });
      for (const auto& visit : visits) CHECK(visit == 1);
    }
  }
}

TEST_CASE("ranges cover every index once and are no longer than asked for") {
  for (const int grain : {0, 1, 7, 100, 5000}) {
    std::vector<std::atomic<int>> visits(1000);
    std::atomic<int> longest = 0;
    parallel_for_ranges(1000, grain, 3, [&](int begin, int end) {
      for (int i = begin; i < end; ++i) ++visits[static_cast<std::size_t>(i)];
      int seen = longest;
      while (end - begin > seen && !longest.compare_exchange_weak(seen, end - begin)) {
      }
    });
    for (const auto& visit : visits) CHECK(visit == 1);
    CHECK(longest <= std::max(1, grain));
  }
}

TEST_CASE("an exception ends the loop and reaches the caller") {
  for (const int threads : {1, 4}) {
    std::atomic<int> visits = 0;
    const auto loop = [&] {
      parallel_for(100000, threads, [&](int i) {
        ++visits;
        if (i == 10) throw std::runtime_error("ten");
      });
    };
    CHECK_THROWS_WITH_AS(loop(), "ten", std::runtime_error);
    CHECK(visits < 100000);
  }
}

TEST_CASE("the number of threads") {
  CHECK(thread_count(3) == 3);
  CHECK(thread_count(0) >= 1);
  CHECK(thread_count(-2) >= 1);
}

}  // namespace
}  // namespace sam6d
