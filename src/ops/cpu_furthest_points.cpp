#include "ops/cpu_furthest_points.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <vector>

// A new sample changes the running distances of few points only. The cloud is therefore cut into
// blocks of neighbouring points, each with its bounding box and the largest running distance in it:
// a block whose box is no nearer to the sample than that distance stays as it is. The distance to a
// box is computed by the same operations as that to a point, and rounding is monotonic, so the
// bound holds to the last bit and the result is that of the full loop. (The idea is that of
// QuickFPS, Han et al. 2023, IEEE TCAD; the blocks here are runs along a Morton curve.)
namespace sam6d::ops {
namespace {

constexpr int kBlock = 64;  // points; 32 and 128 are slower by a tenth
static_assert(kBlock % kLanes == 0);
constexpr std::int32_t kNoRank = std::numeric_limits<std::int32_t>::max();

/// Points in the order in which they win ties: order[rank] is a point's index.
std::vector<std::int32_t> tie_order(int n) {
  const LaneOrder lanes = LaneOrder::of(n);
  std::vector<std::int32_t> order;
  order.reserve(static_cast<std::size_t>(n));
  for (std::uint32_t slot = 0; slot < lanes.lanes; ++slot) {
    for (std::int64_t k = lanes.reversed(slot); k < n; k += lanes.lanes) {
      order.push_back(static_cast<std::int32_t>(k));
    }
  }
  return order;
}

struct Box {
  std::array<float, 3> low, high;
};

/// The cloud's bounding box; false when a coordinate is not finite.
bool bounding_box(const float* xyz, int n, Box& box) {
  box.low.fill(std::numeric_limits<float>::infinity());
  box.high.fill(-std::numeric_limits<float>::infinity());
  bool finite = true;
  for (int i = 0; i < n; ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      const float value = xyz[3 * i + static_cast<int>(c)];
      finite = finite && std::isfinite(value);
      box.low[c] = std::min(box.low[c], value);
      box.high[c] = std::max(box.high[c], value);
    }
  }
  return finite;
}

/// The bits of a number below 64, two zeros after each.
std::uint32_t spread(std::uint32_t bits) {
  std::uint32_t result = 0;
  for (std::uint32_t bit = 0; bit < 6; ++bit) result |= ((bits >> bit) & 1U) << (3 * bit);
  return result;
}

/// Ranks sorted by the cell of a grid that their points lie in, cells along a Morton curve.
std::vector<std::int32_t> along_morton_curve(const float* xyz,
                                             const std::vector<std::int32_t>& order,
                                             const Box& box) {
  // Surfaces fill about 4^bits cells of the grid; half a block a cell is fine enough.
  std::uint32_t bits = 1;
  while (bits < 6 && (std::size_t{kBlock / 2} << (2 * bits)) < order.size()) ++bits;
  std::array<std::uint32_t, 64> spread_bits;
  for (std::uint32_t i = 0; i < 64; ++i) spread_bits[i] = spread(i);
  double extent = 0;
  for (std::size_t c = 0; c < 3; ++c) {
    extent = std::max(extent, static_cast<double>(box.high[c]) - static_cast<double>(box.low[c]));
  }
  const double cells = static_cast<double>(1U << bits);
  const double scale = extent > 0 ? cells / extent : 0;
  std::vector<std::uint32_t> cell_of_rank(order.size());
  std::vector<std::int32_t> starts((std::size_t{1} << (3 * bits)) + 1, 0);
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    const float* point = xyz + 3 * std::int64_t{order[rank]};
    std::uint32_t cell = 0;
    for (std::size_t c = 0; c < 3; ++c) {
      const double at = (static_cast<double>(point[c]) - static_cast<double>(box.low[c])) * scale;
      cell |= spread_bits[static_cast<std::size_t>(std::min(at, cells - 1))] << c;
    }
    cell_of_rank[rank] = cell;
    ++starts[cell + 1];
  }
  for (std::size_t cell = 1; cell < starts.size(); ++cell) starts[cell] += starts[cell - 1];
  std::vector<std::int32_t> ranks(order.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank) {
    ranks[static_cast<std::size_t>(starts[cell_of_rank[rank]]++)] = static_cast<std::int32_t>(rank);
  }
  return ranks;
}

/// Points and blocks by coordinate; both are padded to whole vectors with entries that never win.
struct BlockedCloud {
  std::vector<float> x, y, z, distance2;  // a point; distance2 is the running one
  std::vector<std::int32_t> rank;
  std::array<std::vector<float>, 3> low, high;  // a block's box
  std::vector<float> furthest2;                 // the largest distance2 of the block
  std::vector<std::int32_t> touched;            // whether the new sample may change the block
  bool boxes_hold = true;                       // false with coordinates that are not finite
};

BlockedCloud blocked_cloud(const float* xyz, int n, const std::vector<std::int32_t>& order) {
  Box box;
  BlockedCloud cloud;
  cloud.boxes_hold = bounding_box(xyz, n, box);
  const std::size_t blocks = (static_cast<std::size_t>(n) + kBlock - 1) / kBlock;
  for (auto* values : {&cloud.x, &cloud.y, &cloud.z}) values->assign(blocks * kBlock, 0.0F);
  cloud.distance2.assign(blocks * kBlock, -1.0F);
  cloud.rank.assign(blocks * kBlock, kNoRank);
  const std::size_t padded_blocks = (blocks + kLanes - 1) / kLanes * kLanes;
  for (std::size_t c = 0; c < 3; ++c) {
    cloud.low[c].assign(padded_blocks, 0.0F);
    cloud.high[c].assign(padded_blocks, 0.0F);
  }
  cloud.furthest2.assign(padded_blocks, -1.0F);
  cloud.touched.assign(padded_blocks, 0);

  std::vector<std::int32_t> ranks;
  if (cloud.boxes_hold) ranks = along_morton_curve(xyz, order, box);
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::int32_t rank = cloud.boxes_hold ? ranks[i] : static_cast<std::int32_t>(i);
    const Point<float> point = point_at(xyz, order[static_cast<std::size_t>(rank)]);
    cloud.x[i] = point.x;
    cloud.y[i] = point.y;
    cloud.z[i] = point.z;
    cloud.distance2[i] = kFarthest;
    cloud.rank[i] = rank;
    const std::size_t block = i / kBlock;
    const std::array<float, 3> coordinates{point.x, point.y, point.z};
    for (std::size_t c = 0; c < 3; ++c) {
      const bool first = i % kBlock == 0;
      float& low = cloud.low[c][block];
      float& high = cloud.high[c][block];
      low = first ? coordinates[c] : std::min(low, coordinates[c]);
      high = first ? coordinates[c] : std::max(high, coordinates[c]);
    }
    cloud.furthest2[block] = kFarthest;
  }
  return cloud;
}

SAM6D_INLINE void box_gap(const float* low, const float* high, float at, Floats& gap) {
  Floats from_low{};
  Floats to_high{};
  load(from_low, low);
  load(to_high, high);
  from_low -= at;
  to_high = at - to_high;
  gap = from_low > to_high ? from_low : to_high;
  gap = gap > 0.0F ? gap : Floats{};
}

/// Marks the blocks that have a point to which `sample` may be nearer than all before it.
SAM6D_INLINE void mark_touched(BlockedCloud& cloud, const Point<float>& sample) {
  for (std::size_t b = 0; b < cloud.touched.size(); b += kLanes) {
    Point<Floats> gap{};
    box_gap(&cloud.low[0][b], &cloud.high[0][b], sample.x, gap.x);
    box_gap(&cloud.low[1][b], &cloud.high[1][b], sample.y, gap.y);
    box_gap(&cloud.low[2][b], &cloud.high[2][b], sample.z, gap.z);
    Floats furthest2{};
    load(furthest2, &cloud.furthest2[b]);
    Floats bound2{};
    squared_distance(gap, Point<Floats>{}, bound2);
    store(&cloud.touched[b], bound2 < furthest2);
  }
}

SAM6D_INLINE void largest_of(const Floats& lanes, float& largest) {
  std::array<float, kLanes> values;
  store(values.data(), lanes);
  largest = *std::max_element(values.begin(), values.end());
}

SAM6D_INLINE void update_block(BlockedCloud& cloud, std::size_t block, const Point<float>& sample) {
  Point<Floats> s{};
  fill(s.x, sample.x);
  fill(s.y, sample.y);
  fill(s.z, sample.z);
  Floats furthest2{};
  fill(furthest2, -1.0F);
  for (std::size_t i = block * kBlock; i < (block + 1) * kBlock; i += kLanes) {
    Point<Floats> p{};
    Floats running{};
    load(p.x, &cloud.x[i]);
    load(p.y, &cloud.y[i]);
    load(p.z, &cloud.z[i]);
    load(running, &cloud.distance2[i]);
    Floats d{};
    squared_distance(p, s, d);
    running = d < running ? d : running;
    store(&cloud.distance2[i], running);
    furthest2 = furthest2 > running ? furthest2 : running;
  }
  largest_of(furthest2, cloud.furthest2[block]);
}

/// Where the next sample lies among the points of the cloud.
SAM6D_INLINE std::size_t furthest_position(const BlockedCloud& cloud) {
  Floats lanes{};
  fill(lanes, -1.0F);
  for (std::size_t b = 0; b < cloud.furthest2.size(); b += kLanes) {
    Floats furthest2{};
    load(furthest2, &cloud.furthest2[b]);
    lanes = lanes > furthest2 ? lanes : furthest2;
  }
  float furthest = 0;
  largest_of(lanes, furthest);
  std::size_t best = 0;
  std::int32_t best_rank = kNoRank;
  for (std::size_t b = 0; b * kBlock < cloud.rank.size(); ++b) {
    if (cloud.furthest2[b] != furthest) continue;
    for (std::size_t i = b * kBlock; i < (b + 1) * kBlock; ++i) {
      if (cloud.distance2[i] == furthest && cloud.rank[i] < best_rank) {
        best = i;
        best_rank = cloud.rank[i];
      }
    }
  }
  return best;
}

SAM6D_INLINE void sample_cloud(BlockedCloud& cloud, const std::vector<std::int32_t>& order,
                               int count, std::int32_t* idx) {
  // The first sample, point 0, is the one of rank 0.
  std::size_t position = static_cast<std::size_t>(
      std::find(cloud.rank.begin(), cloud.rank.end(), 0) - cloud.rank.begin());
  for (int j = 0;; ++j) {
    idx[j] = order[static_cast<std::size_t>(cloud.rank[position])];
    if (j + 1 == count) return;
    const Point<float> sample{cloud.x[position], cloud.y[position], cloud.z[position]};
    if (cloud.boxes_hold) {
      mark_touched(cloud, sample);
    } else {
      std::fill(cloud.touched.begin(), cloud.touched.end(), -1);
    }
    for (std::size_t b = 0; b * kBlock < cloud.rank.size(); ++b) {
      if (cloud.touched[b] != 0) update_block(cloud, b, sample);
    }
    position = furthest_position(cloud);
  }
}

#if defined(SAM6D_TARGET_AVX2)
SAM6D_TARGET_AVX2 void sample_cloud_avx2(BlockedCloud& cloud,
                                         const std::vector<std::int32_t>& order, int count,
                                         std::int32_t* idx) {
  sample_cloud(cloud, order, count, idx);
}
#endif

}  // namespace

void sample_furthest_points(const float* xyz, int n, int count, SimdLevel level,
                            std::int32_t* idx) {
  const std::vector<std::int32_t> order = tie_order(n);
  BlockedCloud cloud = blocked_cloud(xyz, n, order);
#if defined(SAM6D_TARGET_AVX2)
  if (level == SimdLevel::kAvx2) {
    sample_cloud_avx2(cloud, order, count, idx);
    return;
  }
#endif
  (void)level;
  sample_cloud(cloud, order, count, idx);
}

}  // namespace sam6d::ops
