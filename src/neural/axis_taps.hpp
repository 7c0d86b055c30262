#pragma once

#include <array>
#include <vector>

namespace sam6d {

/// A sample along one axis as a weighted mean of a few neighbours.
struct AxisTap {
  static constexpr int kMost = 4;
  int first = 0;
  int count = 1;
  std::array<float, kMost> weights{1.0F};
};

using AxisTaps = std::vector<AxisTap>;

/// Bilinear resizing of `from` samples to `to`, with half-pixel centres and no antialiasing, in
/// float32 as LibTorch's interpolate (align_corners false).
[[nodiscard]] AxisTaps resize_taps(int from, int to);

/// Two steps as one: `grid` samples are resized to `network`, of which the first `input` are
/// resized to `picture`. `network` is at least `grid`, so that no sample needs more than three
/// neighbours.
[[nodiscard]] AxisTaps upscaling_taps(int grid, int network, int input, int picture);

}  // namespace sam6d
