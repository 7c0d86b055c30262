#pragma once

#include <algorithm>
#include <ctime>
#include <vector>

#include "base/stopwatch.hpp"

namespace sam6d::bench {

struct Seconds {
  double wall = 0;
  double cpu = 0;  ///< of all threads together; what a machine shared with others does not change
};

/// The medians of `repeats` runs.
template <class Body>
Seconds median_seconds(int repeats, const Body& body) {
  std::vector<double> wall;
  std::vector<double> cpu;
  for (int i = 0; i < repeats; ++i) {
    const Stopwatch watch;
    const std::clock_t start = std::clock();
    body();
    cpu.push_back(static_cast<double>(std::clock() - start) / CLOCKS_PER_SEC);
    wall.push_back(watch.seconds());
  }
  std::sort(wall.begin(), wall.end());
  std::sort(cpu.begin(), cpu.end());
  return {wall[wall.size() / 2], cpu[cpu.size() / 2]};
}

}  // namespace sam6d::bench
