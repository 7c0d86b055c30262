#include "ops/cpu_neighbours.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace sam6d::ops {
namespace {

SAM6D_INLINE void load_points(const CoordinateRows& rows, std::size_t i, Point<Floats>& points) {
  load(points.x, &rows.x[i]);
  load(points.y, &rows.y[i]);
  load(points.z, &rows.z[i]);
}

SAM6D_INLINE void fill_points(const Point<float>& point, Point<Floats>& points) {
  fill(points.x, point.x);
  fill(points.y, point.y);
  fill(points.z, point.z);
}

SAM6D_INLINE void query_ball_inline(const CoordinateRows& cloud, const Point<float>& query,
                                    float radius2, int sample_count, std::int32_t* idx) {
  Point<Floats> centre{};
  fill_points(query, centre);
  int hits = 0;
  for (std::size_t i = 0; i < cloud.x.size() && hits < sample_count; i += kLanes) {
    Point<Floats> points{};
    load_points(cloud, i, points);
    Floats d{};
    squared_distance(centre, points, d);
    const Ints inside = d < radius2;
    if (!any(inside)) continue;
    for (int lane = 0; lane < kLanes && hits < sample_count; ++lane) {
      if (inside[lane] != 0) idx[hits++] = static_cast<std::int32_t>(i) + lane;
    }
  }
  std::fill(idx + hits, idx + sample_count, hits > 0 ? idx[0] : 0);
}

SAM6D_INLINE void find_three_inline(const CoordinateRows& unknown, int begin, int end,
                                    const CoordinateRows& known, float* dist2, std::int32_t* idx) {
  for (int i = begin; i < end; i += kLanes) {
    Point<Floats> from{};
    load_points(unknown, static_cast<std::size_t>(i), from);
    std::array<Floats, 3> d2;
    std::array<Ints, 3> index{};
    for (Floats& lanes : d2) fill(lanes, std::numeric_limits<float>::infinity());
    for (int k = 0; k < known.count; ++k) {
      const std::size_t at = static_cast<std::size_t>(k);
      Point<Floats> to{};
      fill_points({known.x[at], known.y[at], known.z[at]}, to);
      Floats d{};
      squared_distance(from, to, d);
      Ints number{};
      fill(number, k);
      const Ints before0 = d < d2[0];
      const Ints before1 = d < d2[1];
      const Ints before2 = d < d2[2];
      d2[2] = before1 ? d2[1] : (before2 ? d : d2[2]);
      index[2] = before1 ? index[1] : (before2 ? number : index[2]);
      d2[1] = before0 ? d2[0] : (before1 ? d : d2[1]);
      index[1] = before0 ? index[0] : (before1 ? number : index[1]);
      d2[0] = before0 ? d : d2[0];
      index[0] = before0 ? number : index[0];
    }
    for (int lane = 0; lane < std::min(kLanes, end - i); ++lane) {
      for (int j = 0; j < 3; ++j) {
        const std::ptrdiff_t slot = 3 * std::ptrdiff_t{i + lane} + j;
        dist2[slot] = d2[static_cast<std::size_t>(j)][lane];
        idx[slot] = index[static_cast<std::size_t>(j)][lane];
      }
    }
  }
}

#if defined(SAM6D_TARGET_AVX2)
SAM6D_TARGET_AVX2 void query_ball_avx2(const CoordinateRows& cloud, const Point<float>& query,
                                       float radius2, int sample_count, std::int32_t* idx) {
  query_ball_inline(cloud, query, radius2, sample_count, idx);
}
SAM6D_TARGET_AVX2 void find_three_avx2(const CoordinateRows& unknown, int begin, int end,
                                       const CoordinateRows& known, float* dist2,
                                       std::int32_t* idx) {
  find_three_inline(unknown, begin, end, known, dist2, idx);
}
#endif

}  // namespace

CoordinateRows coordinate_rows(const float* xyz, int n) {
  CoordinateRows rows;
  rows.count = n;
  const std::size_t padded = (static_cast<std::size_t>(n) + kLanes - 1) / kLanes * kLanes;
  for (auto* values : {&rows.x, &rows.y, &rows.z}) {
    values->assign(padded, std::numeric_limits<float>::quiet_NaN());
  }
  for (int i = 0; i < n; ++i) {
    const Point<float> point = point_at(xyz, i);
    rows.x[static_cast<std::size_t>(i)] = point.x;
    rows.y[static_cast<std::size_t>(i)] = point.y;
    rows.z[static_cast<std::size_t>(i)] = point.z;
  }
  return rows;
}

void query_ball(const CoordinateRows& cloud, const Point<float>& query, float radius2,
                int sample_count, SimdLevel level, std::int32_t* idx) {
#if defined(SAM6D_TARGET_AVX2)
  if (level == SimdLevel::kAvx2) {
    query_ball_avx2(cloud, query, radius2, sample_count, idx);
    return;
  }
#endif
  (void)level;
  query_ball_inline(cloud, query, radius2, sample_count, idx);
}

void find_three_nearest(const CoordinateRows& unknown, int begin, int end,
                        const CoordinateRows& known, SimdLevel level, float* dist2,
                        std::int32_t* idx) {
#if defined(SAM6D_TARGET_AVX2)
  if (level == SimdLevel::kAvx2) {
    find_three_avx2(unknown, begin, end, known, dist2, idx);
    return;
  }
#endif
  (void)level;
  find_three_inline(unknown, begin, end, known, dist2, idx);
}

}  // namespace sam6d::ops
