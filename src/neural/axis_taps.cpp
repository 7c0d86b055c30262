#include "neural/axis_taps.hpp"

#include <algorithm>
#include <cstddef>

namespace sam6d {

AxisTaps resize_taps(int from, int to) {
  const float scale = static_cast<float>(from) / static_cast<float>(to);
  AxisTaps taps(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const float place = std::max(0.0F, scale * (static_cast<float>(i) + 0.5F) - 0.5F);
    AxisTap& tap = taps[static_cast<std::size_t>(i)];
    tap.first = std::min(static_cast<int>(place), from - 1);
    tap.count = tap.first + 1 < from ? 2 : 1;
    if (tap.count == 1) continue;
    const float share = std::clamp(place - static_cast<float>(tap.first), 0.0F, 1.0F);
    tap.weights = {1.0F - share, share};
  }
  return taps;
}

AxisTaps upscaling_taps(int grid, int network, int input, int picture) {
  const AxisTaps inner = resize_taps(grid, network);
  AxisTaps taps = resize_taps(input, picture);
  for (AxisTap& tap : taps) {
    const AxisTap outer = tap;
    tap.first = inner[static_cast<std::size_t>(outer.first)].first;
    tap.weights = {};
    for (int i = 0; i < outer.count; ++i) {
      const AxisTap& step = inner[static_cast<std::size_t>(outer.first + i)];
      for (int j = 0; j < step.count; ++j) {
        const int at = step.first + j - tap.first;
        tap.count = at + 1;
        tap.weights[static_cast<std::size_t>(at)] +=
            outer.weights[static_cast<std::size_t>(i)] * step.weights[static_cast<std::size_t>(j)];
      }
    }
  }
  return taps;
}

}  // namespace sam6d
