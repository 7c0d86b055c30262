#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "ops/lanes.hpp"

namespace sam6d::ops {

/// Points in groups of kLanes: their x, then their y, then their z; the last group is filled up
/// with NaN, which is near to nothing.
using PointGroups = std::vector<float>;

/// A uniform grid around a cloud that lists, for every cell, the points that can be the nearest of
/// a point in the cell: those that are not further from the cell's nearest corner than another
/// point is from its furthest one. Outside the grid every point of the cloud can be.
class NearestGrid {
 public:
  /// xyz: n >= 1 points. The lists are made on up to `threads` threads, unless so few `queries` are
  /// to come that they are not worth it.
  NearestGrid(const float* xyz, int n, std::int64_t queries, int threads, SimdLevel level);

  /// Distances of the points begin .. end-1, moved by R^T (p - t), to their nearest.
  void distances(const float* points, int begin, int end, const float* R, const float* t,
                 SimdLevel level, float* distance) const;

  struct List {
    const float* groups;
    int count;  ///< of groups
  };
  /// Which points can be nearest to this one.
  [[nodiscard]] SAM6D_INLINE List candidates(const Point<float>& p) const;

 private:
  void divide(int threads, SimdLevel level);

  PointGroups all_;
  std::array<float, 3> low_{};
  std::array<int, 3> blocks_{};  ///< of kSplit^3 cells; none for a cloud that has no extent
  float cells_a_unit_ = 0;
  float cell_ = 0;
  std::vector<PointGroups> lists_;  ///< those of a block's cells, one after the other
  std::vector<List> of_cell_;
};

}  // namespace sam6d::ops
