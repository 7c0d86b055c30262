#include "neural/mask_logits.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>

namespace sam6d {
namespace {

constexpr int kMargin = 3;  ///< a pixel has at most three neighbours a side

/// Of sums that should be at most `largest` in amount: a few roundings.
float slack(float largest) { return 1e-5F * (1.0F + largest); }

float largest_amount(const float* logits, std::size_t count) {
  float largest = 0;
  for (std::size_t i = 0; i < count; ++i) largest = std::max(largest, std::abs(logits[i]));
  return largest;
}

/// The samples of an axis all of whose neighbours lie in [begin, end).
std::pair<int, int> samples_within(const AxisTaps& taps, int begin, int end) {
  const auto first =
      std::ranges::partition_point(taps, [&](const AxisTap& tap) { return tap.first < begin; });
  const auto last = std::partition_point(
      first, taps.end(), [&](const AxisTap& tap) { return tap.first + tap.count <= end; });
  return {static_cast<int>(first - taps.begin()), static_cast<int>(last - taps.begin())};
}

/// How many samples belong to each place: their neighbours are at most one place from it.
std::vector<std::int64_t> samples_about(const AxisTaps& taps, int grid) {
  std::vector<std::int64_t> counts(static_cast<std::size_t>(grid));
  for (const AxisTap& tap : taps) {
    ++counts[static_cast<std::size_t>(tap.first + (tap.count > 2 ? 1 : 0))];
  }
  return counts;
}

/// Calls row(y, values) with the logits of each row of the pixels that a patch speaks of.
template <class Row>
void for_each_row(const LogitSampler& sampler, const LogitPatch& patch, const Row& row) {
  const Box pixels = sampler.pixels_of(patch);
  std::vector<float> scratch;
  std::vector<float> values;
  for (int y = pixels.y0; y < pixels.y1 && !pixels.empty(); ++y) {
    sampler.row(patch, pixels, y, scratch, values);
    row(pixels.x0, y, values);
  }
}

}  // namespace

LogitPatch logits_above(const float* logits, int grid, float cut) {
  const auto count = static_cast<std::size_t>(grid) * static_cast<std::size_t>(grid);
  const float least = cut - slack(largest_amount(logits, count));
  Box box{grid, grid, 0, 0};
  for (int y = 0; y < grid; ++y) {
    const float* const row = logits + std::ptrdiff_t{y} * grid;
    for (int x = 0; x < grid; ++x) {
      if (!(row[x] > least)) continue;
      box.x0 = std::min(box.x0, x);
      box.x1 = std::max(box.x1, x + 1);
      box.y0 = std::min(box.y0, y);
      box.y1 = y + 1;
    }
  }
  LogitPatch patch;
  if (box.empty()) return patch;
  patch.box = intersect({box.x0 - kMargin, box.y0 - kMargin, box.x1 + kMargin, box.y1 + kMargin},
                        {0, 0, grid, grid});
  patch.values.reserve(static_cast<std::size_t>(patch.box.area()));
  for (int y = patch.box.y0; y < patch.box.y1; ++y) {
    const float* const row = logits + std::ptrdiff_t{y} * grid;
    patch.values.insert(patch.values.end(), row + patch.box.x0, row + patch.box.x1);
  }
  return patch;
}

LogitSampler::LogitSampler(const SamFrame& frame, const PictureSize& picture)
    : size_(picture),
      columns_(upscaling_taps(frame.grid, frame.network, frame.input.width, picture.width)),
      rows_(upscaling_taps(frame.grid, frame.network, frame.input.height, picture.height)) {}

Box LogitSampler::pixels_of(const LogitPatch& patch) const {
  const auto [x0, x1] = samples_within(columns_, patch.box.x0, patch.box.x1);
  const auto [y0, y1] = samples_within(rows_, patch.box.y0, patch.box.y1);
  return {x0, y0, x1, y1};
}

void LogitSampler::row(const LogitPatch& patch, const Box& box, int y, std::vector<float>& scratch,
                       std::vector<float>& to) const {
  const AxisTap& line = rows_[static_cast<std::size_t>(y)];
  const auto width = static_cast<std::size_t>(patch.box.width());
  scratch.assign(width + AxisTap::kMost, 0.0F);
  for (int i = 0; i < line.count; ++i) {
    const float weight = line.weights[static_cast<std::size_t>(i)];
    const float* const from =
        patch.values.data() + static_cast<std::size_t>(line.first + i - patch.box.y0) * width;
    for (std::size_t x = 0; x < width; ++x) scratch[x] += weight * from[x];
  }
  to.resize(static_cast<std::size_t>(box.width()));
  // Weights beyond a tap's count are zero, and so is what scratch has behind its last number.
  for (int x = box.x0; x < box.x1; ++x) {
    const AxisTap& tap = columns_[static_cast<std::size_t>(x)];
    const float* const v = scratch.data() + (tap.first - patch.box.x0);
    to[static_cast<std::size_t>(x - box.x0)] = (tap.weights[0] * v[0] + tap.weights[1] * v[1]) +
                                               (tap.weights[2] * v[2] + tap.weights[3] * v[3]);
  }
}

MaskMeasure measure(const LogitSampler& sampler, const LogitPatch& patch, float offset) {
  MaskMeasure result;
  result.box = {std::numeric_limits<int>::max(), std::numeric_limits<int>::max(), 0, 0};
  for_each_row(sampler, patch, [&](int x0, int y, const std::vector<float>& values) {
    int sure = 0;
    int area = 0;
    int possible = 0;
    for (const float v : values) {
      sure += v > offset ? 1 : 0;
      area += v > 0 ? 1 : 0;
      possible += v > -offset ? 1 : 0;
    }
    result.sure += sure;
    result.area += area;
    result.possible += possible;
    if (area == 0) return;
    const auto on = [](float v) { return v > 0; };
    const auto first = std::ranges::find_if(values, on) - values.begin();
    const auto end = std::find_if(values.rbegin(), values.rend(), on).base() - values.begin();
    result.box.x0 = std::min(result.box.x0, x0 + static_cast<int>(first));
    result.box.x1 = std::max(result.box.x1, x0 + static_cast<int>(end));
    result.box.y0 = std::min(result.box.y0, y);
    result.box.y1 = y + 1;
  });
  if (result.area == 0) result.box = {};
  return result;
}

StabilityBound::StabilityBound(const LogitSampler& sampler, int grid)
    : grid_(grid),
      rows_(samples_about(sampler.rows(), grid)),
      columns_(samples_about(sampler.columns(), grid)) {}

double StabilityBound::largest(const float* logits, float offset) const {
  const auto side = static_cast<std::size_t>(grid_);
  const float error = slack(largest_amount(logits, side * side));
  // The largest and least of three places a row, then of three rows of those.
  std::vector<float> most(side * side);
  std::vector<float> least(side * side);
  for (std::size_t y = 0; y < side; ++y) {
    const float* const row = logits + y * side;
    for (std::size_t x = 0; x < side; ++x) {
      const float before = row[x > 0 ? x - 1 : x];
      const float after = row[x + 1 < side ? x + 1 : x];
      most[y * side + x] = std::max({before, row[x], after});
      least[y * side + x] = std::min({before, row[x], after});
    }
  }
  std::int64_t sure = 0;
  std::int64_t possible = 0;
  for (std::size_t y = 0; y < side; ++y) {
    if (rows_[y] == 0) continue;
    const std::size_t before = (y > 0 ? y - 1 : y) * side;
    const std::size_t after = (y + 1 < side ? y + 1 : y) * side;
    std::int64_t sure_of_row = 0;
    std::int64_t possible_of_row = 0;
    for (std::size_t x = 0; x < side; ++x) {
      const float highest = std::max({most[before + x], most[y * side + x], most[after + x]});
      const float lowest = std::min({least[before + x], least[y * side + x], least[after + x]});
      sure_of_row += highest > offset - error ? columns_[x] : 0;
      possible_of_row += lowest > -offset + error ? columns_[x] : 0;
    }
    sure += rows_[y] * sure_of_row;
    possible += rows_[y] * possible_of_row;
  }
  if (possible == 0) return 1.0;
  return std::min(1.0, static_cast<double>(sure) / static_cast<double>(possible));
}

Mask mask_of(const LogitSampler& sampler, const LogitPatch& patch) {
  Mask mask(sampler.pixels_of(patch));
  for_each_row(sampler, patch, [&](int x0, int y, const std::vector<float>& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values[i] > 0) mask.set(x0 + static_cast<int>(i), y);
    }
  });
  return mask.cropped();
}

}  // namespace sam6d
