#include "ops/nearest_grid.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "ops/parallel.hpp"
#include "ops/rotation_arithmetic.hpp"

namespace sam6d::ops {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr int kGroup = 3 * kLanes;  // floats

constexpr int kCellsAlong = 10;  // of the cloud's longest side
constexpr int kMargin = 1;       // cells on every side
constexpr int kSplit = 4;        // cells along a block
constexpr int kCellsABlock = kSplit * kSplit * kSplit;

// To make the lists takes as long as comparing so many points with a cloud's; of few points, a list
// is no shorter than the cloud.
constexpr std::int64_t kWorthAGrid = 10'000;
constexpr int kManyPoints = 100;

// Rounding may put a point that is a little outside of a cell into it, and distances are rounded:
// lists are longer than need be by far more than that.
constexpr float kCellSlack = 1.001F;
constexpr float kDistanceSlack = 1.0001F;

struct CellBox {
  Point<float> centre;
  float half;
};

/// Puts point number `count` into groups, of which the last is the one before it or a new one.
SAM6D_INLINE void put(float* groups, int count, float x, float y, float z) {
  float* const group = groups + std::ptrdiff_t{kGroup} * (count / kLanes);
  const int lane = count % kLanes;
  if (lane == 0) {
    for (int i = 0; i < kGroup; ++i) group[i] = std::numeric_limits<float>::quiet_NaN();
  }
  group[lane] = x;
  group[kLanes + lane] = y;
  group[2 * kLanes + lane] = z;
}

int groups_of(int points) { return (points + kLanes - 1) / kLanes; }

SAM6D_INLINE void load_group(const float* group, Point<Floats>& p) {
  load(p.x, group);
  load(p.y, group + kLanes);
  load(p.z, group + 2 * kLanes);
}

SAM6D_INLINE void smallest_of(const Floats& lanes, float& smallest) {
  smallest = lanes[0];
  for (int lane = 1; lane < kLanes; ++lane) smallest = std::min(smallest, lanes[lane]);
}

/// max(0, |p - centre| - half) and |p - centre| + half along an axis.
SAM6D_INLINE void distances_along(const Floats& p, float centre, float half, Floats& nearest,
                                  Floats& furthest) {
  const Floats difference = p - centre;
  const Floats distance = difference < 0.0F ? -difference : difference;
  furthest = distance + half;
  nearest = distance - half;
  nearest = nearest > 0.0F ? nearest : Floats{};
}

/// Those of the points that can be nearest to a point of the box. (It calls nothing: a change
/// between AVX2 and what every processor has costs as much as several groups.)
struct Selection {
  const NearestGrid::List& points;
  const CellBox& box;
  float* nearest2;    ///< scratch, a float a point
  std::int32_t* idx;  ///< scratch, a number a point and kLanes more
  float* chosen;      ///< as many groups as the points have
  int& count;         ///< of the chosen

  SAM6D_INLINE void operator()() const {
    Floats bound2{};
    fill(bound2, kInfinity);
    for (int g = 0; g < points.count; ++g) {
      Point<Floats> p{};
      load_group(points.groups + std::ptrdiff_t{kGroup} * g, p);
      Point<Floats> near{};
      Point<Floats> far{};
      distances_along(p.x, box.centre.x, box.half, near.x, far.x);
      distances_along(p.y, box.centre.y, box.half, near.y, far.y);
      distances_along(p.z, box.centre.z, box.half, near.z, far.z);
      const Floats far2 = (far.x * far.x + far.y * far.y) + far.z * far.z;
      bound2 = far2 < bound2 ? far2 : bound2;
      const Floats near2 = (near.x * near.x + near.y * near.y) + near.z * near.z;
      // Comparisons with the padding's NaN do not hold, which has made it 0.
      store(nearest2 + std::ptrdiff_t{kLanes} * g, p.x == p.x ? near2 : p.x);
    }
    float bound = 0;
    smallest_of(bound2, bound);
    bound *= kDistanceSlack;
    // Which of them are near enough is hard to foretell, so that nothing branches on it.
    int found = 0;
    for (int g = 0; g < points.count; ++g) {
      Floats near2{};
      load(near2, nearest2 + std::ptrdiff_t{kLanes} * g);
      const Ints near_enough = near2 <= bound;
      if (!any(near_enough)) continue;
      for (int lane = 0; lane < kLanes; ++lane) {
        idx[found] = kGroup * g + lane;
        found -= near_enough[lane];
      }
    }
    for (int i = 0; i < found; ++i) {
      const float* const point = points.groups + idx[i];
      put(chosen, i, point[0], point[kLanes], point[2 * kLanes]);
    }
    count = found;
  }
};

}  // namespace

NearestGrid::List NearestGrid::candidates(const Point<float>& p) const {
  const float at[3] = {(p.x - low_[0]) * cells_a_unit_, (p.y - low_[1]) * cells_a_unit_,
                       (p.z - low_[2]) * cells_a_unit_};
  std::array<int, 3> cell{};
  for (std::size_t c = 0; c < 3; ++c) {
    const float cells = static_cast<float>(kSplit * blocks_[c]);
    if (!(at[c] >= 0.0F && at[c] < cells)) {
      return {all_.data(), static_cast<int>(all_.size()) / kGroup};
    }
    cell[c] = static_cast<int>(at[c]);
  }
  const int block =
      (cell[2] / kSplit * blocks_[1] + cell[1] / kSplit) * blocks_[0] + cell[0] / kSplit;
  const int inside = (cell[2] % kSplit * kSplit + cell[1] % kSplit) * kSplit + cell[0] % kSplit;
  return of_cell_[static_cast<std::size_t>(block * kCellsABlock + inside)];
}

namespace {

struct Distances {
  const NearestGrid& grid;
  const float* points;
  int begin, end;
  const float* R;
  const float* t;
  float* distance;

  SAM6D_INLINE void operator()() const {
    for (int i = begin; i < end; ++i) {
      const Point<float> p = moved_back(point_at(points, i), R, t);
      const NearestGrid::List list = grid.candidates(p);
      Point<Floats> query{};
      fill(query.x, p.x);
      fill(query.y, p.y);
      fill(query.z, p.z);
      Floats nearest2{};
      fill(nearest2, kInfinity);
      for (int g = 0; g < list.count; ++g) {
        Point<Floats> candidate{};
        load_group(list.groups + std::ptrdiff_t{kGroup} * g, candidate);
        Floats distance2{};
        squared_distance(query, candidate, distance2);
        nearest2 = distance2 < nearest2 ? distance2 : nearest2;
      }
      float smallest = 0;
      smallest_of(nearest2, smallest);
      distance[i] = __builtin_sqrtf(smallest);
    }
  }
};

/// The cells of a block, found by halving it: a half's points are among those of the whole.
class BlockDivision {
 public:
  BlockDivision(Point<float> low, float cell, SimdLevel level, const NearestGrid::List& all)
      : low_(low), cell_(cell), level_(level) {
    const std::size_t groups = static_cast<std::size_t>(all.count);
    nearest2_.resize(groups * kLanes);
    idx_.resize((groups + 1) * kLanes);
    for (PointGroups& chosen : chosen_) chosen.resize(groups * kGroup);
    divide(all, kSplit, {0, 0, 0});
  }

  /// The cells' lists, one after the other; cell i's are counts[i] groups from starts[i].
  PointGroups lists;
  std::array<int, kCellsABlock> starts{}, counts{};

 private:
  /// `cells` along the part, the first of which is number first[..] of the block.
  void divide(const NearestGrid::List& points, int cells, const std::array<int, 3>& first) {
    const float half = 0.5F * static_cast<float>(cells) * cell_;
    const CellBox box{{low_.x + static_cast<float>(first[0]) * cell_ + half,
                       low_.y + static_cast<float>(first[1]) * cell_ + half,
                       low_.z + static_cast<float>(first[2]) * cell_ + half},
                      kCellSlack * half};
    PointGroups& chosen = chosen_[static_cast<std::size_t>(cells / 2)];
    int count = 0;
    run_at(level_, Selection{points, box, nearest2_.data(), idx_.data(), chosen.data(), count});
    const NearestGrid::List list{chosen.data(), groups_of(count)};
    if (cells == 1) {
      const std::size_t cell =
          static_cast<std::size_t>((first[2] * kSplit + first[1]) * kSplit + first[0]);
      starts[cell] = static_cast<int>(lists.size()) / kGroup;
      counts[cell] = list.count;
      lists.insert(lists.end(), list.groups, list.groups + std::ptrdiff_t{kGroup} * list.count);
      return;
    }
    const int step = cells / 2;
    for (int child = 0; child < 8; ++child) {
      divide(list, step,
             {first[0] + (child & 1) * step, first[1] + (child >> 1 & 1) * step,
              first[2] + (child >> 2) * step});
    }
  }

  Point<float> low_;
  float cell_;
  SimdLevel level_;
  std::vector<float> nearest2_;
  std::vector<std::int32_t> idx_;
  std::array<PointGroups, kSplit / 2 + 1> chosen_;  // by half the cells along a part
};

}  // namespace

NearestGrid::NearestGrid(const float* xyz, int n, std::int64_t queries, int threads,
                         SimdLevel level) {
  std::array<float, 3> low{kInfinity, kInfinity, kInfinity};
  std::array<float, 3> high{-kInfinity, -kInfinity, -kInfinity};
  all_.resize(static_cast<std::size_t>(groups_of(n)) * kGroup);
  int count = 0;
  for (int i = 0; i < n; ++i) {
    const Point<float> p = point_at(xyz, i);
    const std::array<float, 3> coordinates{p.x, p.y, p.z};
    if (!std::isfinite(p.x) || !std::isfinite(p.y) || !std::isfinite(p.z)) continue;
    put(all_.data(), count++, p.x, p.y, p.z);
    for (std::size_t c = 0; c < 3; ++c) {
      low[c] = std::min(low[c], coordinates[c]);
      high[c] = std::max(high[c], coordinates[c]);
    }
  }
  all_.resize(static_cast<std::size_t>(groups_of(count)) * kGroup);
  float extent = 0;
  for (std::size_t c = 0; c < 3; ++c) extent = std::max(extent, high[c] - low[c]);
  cell_ = extent / kCellsAlong;
  cells_a_unit_ = 1.0F / cell_;
  const bool worth_it = queries >= kWorthAGrid && count >= kManyPoints;
  // Points of which none is really apart from another have no cells either.
  if (!worth_it || !std::isfinite(cells_a_unit_) || !std::isfinite(extent)) return;
  for (std::size_t c = 0; c < 3; ++c) {
    const float cells = std::ceil((high[c] - low[c]) * cells_a_unit_) + 2 * kMargin;
    blocks_[c] = (static_cast<int>(cells) + kSplit - 1) / kSplit;
    const float width = static_cast<float>(blocks_[c] * kSplit) * cell_;
    low_[c] = low[c] - 0.5F * (width - (high[c] - low[c]));
  }
  divide(threads, level);
}

void NearestGrid::divide(int threads, SimdLevel level) {
  const int blocks = blocks_[0] * blocks_[1] * blocks_[2];
  lists_.resize(static_cast<std::size_t>(blocks));
  of_cell_.resize(static_cast<std::size_t>(blocks) * kCellsABlock);
  const List all{all_.data(), static_cast<int>(all_.size()) / kGroup};
  const float width = cell_ * kSplit;
  parallel_for(blocks, threads, [&](int block) {
    const int y_and_z = block / blocks_[0];
    const int z = y_and_z / blocks_[1];
    const Point<float> low{low_[0] + width * static_cast<float>(block % blocks_[0]),
                           low_[1] + width * static_cast<float>(y_and_z % blocks_[1]),
                           low_[2] + width * static_cast<float>(z)};
    BlockDivision division(low, cell_, level, all);
    PointGroups& lists = lists_[static_cast<std::size_t>(block)];
    lists = std::move(division.lists);
    for (std::size_t cell = 0; cell < kCellsABlock; ++cell) {
      of_cell_[static_cast<std::size_t>(block) * kCellsABlock + cell] = {
          lists.data() + std::ptrdiff_t{kGroup} * division.starts[cell], division.counts[cell]};
    }
  });
}

void NearestGrid::distances(const float* points, int begin, int end, const float* R, const float* t,
                            SimdLevel level, float* distance) const {
  run_at(level, Distances{*this, points, begin, end, R, t, distance});
}

}  // namespace sam6d::ops
