#pragma once

#include <algorithm>
#include <vector>

#include "base/stopwatch.hpp"

namespace sam6d::bench {

/// The median of `repeats` times.
template <class Body>
double median_seconds(int repeats, const Body& body) {
  std::vector<double> seconds;
  for (int i = 0; i < repeats; ++i) {
    const Stopwatch watch;
    body();
    seconds.push_back(watch.seconds());
  }
  std::sort(seconds.begin(), seconds.end());
  return seconds[seconds.size() / 2];
}

}  // namespace sam6d::bench
