#include "nets/cpu_assignment.hpp"

#include <algorithm>
#include <limits>

#include "nets/exponential.hpp"
#include "ops/parallel.hpp"

namespace sam6d::nets {
namespace {

using ops::Floats;
using ops::Ints;
using ops::kLanes;
using ops::load;
using ops::store;

constexpr int kRows = 32;  // of a portion: 256 KB of a 2049 x 2049 matrix
constexpr float kLargest = std::numeric_limits<float>::max();

std::size_t padded(int columns) {
  return static_cast<std::size_t>((columns + kLanes - 1) / kLanes * kLanes);
}

int portions_of(const SimilarityMatrix& similarity) {
  return (similarity.rows + kRows - 1) / kRows;
}

/// A row with numbers only, padded to whole vectors with the smallest.
SAM6D_INLINE void copy_row(const SimilarityMatrix& similarity, int row, float* to) {
  const float* const from = similarity.values + std::ptrdiff_t{row} * similarity.columns;
  const int whole = similarity.columns / kLanes * kLanes;
  Floats smallest{};
  ops::fill(smallest, -kLargest);
  for (int j = 0; j < similarity.columns; j += kLanes) {
    Floats s = smallest;
    if (j < whole) {
      load(s, from + j);
    } else {
      for (int lane = 0; j + lane < similarity.columns; ++lane) s[lane] = from[j + lane];
    }
    s = s > -kLargest ? s : smallest;
    s = s < kLargest ? s : -smallest;
    store(to + j, s);
  }
}

SAM6D_INLINE float sum_of(const Floats& lanes) {
  return ((lanes[0] + lanes[4]) + (lanes[2] + lanes[6])) +
         ((lanes[1] + lanes[5]) + (lanes[3] + lanes[7]));
}

/// The largest value and the first place that has it, of lanes that were met in ascending order.
struct Largest {
  Floats value;
  Ints place;

  SAM6D_INLINE void reset() {
    ops::fill(value, -1.0F);
    place = Ints{};
  }
  SAM6D_INLINE void meet(const Floats& other, const Ints& other_place) {
    const Ints larger = other > value;
    value = larger ? other : value;
    place = larger ? other_place : place;
  }
  [[nodiscard]] SAM6D_INLINE std::int32_t first() const {
    int best = 0;
    for (int lane = 1; lane < kLanes; ++lane) {
      const bool larger = value[lane] > value[best];
      const bool earlier = value[lane] == value[best] && place[lane] < place[best];
      if (larger || earlier) best = lane;
    }
    return place[best];
  }
};

/// What a portion of rows says about columns.
struct ColumnParts {
  explicit ColumnParts(const SimilarityMatrix& similarity)
      : width(padded(similarity.columns)),
        value(width * static_cast<std::size_t>(portions_of(similarity))),
        sum(value.size()),
        row(value.size()) {}
  [[nodiscard]] std::size_t begin(int portion) const {
    return width * static_cast<std::size_t>(portion);
  }
  std::size_t width;
  std::vector<float> value;  ///< the largest
  std::vector<float> sum;
  std::vector<std::int32_t> row;  ///< of the largest
};

struct SoftmaxPortion {
  const SimilarityMatrix& similarity;
  int first, count;  ///< rows
  float* scratch;    ///< count padded rows
  float* column_max;
  float* column_sum;
  float* row_max;
  float* row_scale;

  SAM6D_INLINE void operator()() const {
    const int width = static_cast<int>(padded(similarity.columns));
    std::fill(column_max, column_max + width, -kLargest);
    std::fill(column_sum, column_sum + width, 0.0F);
    for (int i = 0; i < count; ++i) {
      float* const row = scratch + std::ptrdiff_t{i} * width;
      copy_row(similarity, first + i, row);
      Floats largest{};
      ops::fill(largest, -kLargest);
      for (int j = 0; j < width; j += kLanes) {
        Floats s{};
        Floats of_column{};
        load(s, row + j);
        load(of_column, column_max + j);
        largest = s > largest ? s : largest;
        of_column = s > of_column ? s : of_column;
        store(column_max + j, of_column);
      }
      float of_row = largest[0];
      for (int lane = 1; lane < kLanes; ++lane) of_row = std::max(of_row, largest[lane]);
      row_max[first + i] = of_row;
    }
    for (int i = 0; i < count; ++i) {
      const float* const row = scratch + std::ptrdiff_t{i} * width;
      const float of_row = row_max[first + i];
      Floats sum{};
      for (int j = 0; j < width; j += kLanes) {
        Floats s{};
        Floats of_column{};
        Floats column{};
        Floats e{};
        load(s, row + j);
        load(of_column, column_max + j);
        load(column, column_sum + j);
        exponential(s - of_row, e);
        sum += e;
        exponential(s - of_column, e);
        column += e;
        store(column_sum + j, column);
      }
      row_scale[first + i] = 1.0F / sum_of(sum);
    }
  }
};

/// One pair of maximum and scale for every column, of those of the portions.
struct MergedColumns {
  const ColumnParts& parts;
  int portions;
  SoftAssignment& out;

  SAM6D_INLINE void operator()() const {
    for (std::size_t j = 0; j < parts.width; j += kLanes) {
      Floats largest{};
      load(largest, &parts.value[j]);
      for (int portion = 1; portion < portions; ++portion) {
        Floats other{};
        load(other, &parts.value[parts.begin(portion) + j]);
        largest = other > largest ? other : largest;
      }
      Floats sum{};
      for (int portion = 0; portion < portions; ++portion) {
        Floats value{};
        Floats part{};
        Floats e{};
        load(value, &parts.value[parts.begin(portion) + j]);
        load(part, &parts.sum[parts.begin(portion) + j]);
        exponential(value - largest, e);
        sum += part * e;
      }
      store(&out.column_max[j], largest);
      store(&out.column_scale[j], 1.0F / sum);
    }
  }
};

/// The assignments of a row, kLanes at a time: body(column, values).
template <class Body>
SAM6D_INLINE void for_assignments(const float* row, float row_max, float row_scale,
                                  const float* column_max, const float* column_scale,
                                  std::size_t width, const Body& body) {
  for (std::size_t j = 0; j < width; j += kLanes) {
    Floats s{};
    Floats of_column{};
    Floats scale{};
    Floats e{};
    load(s, row + j);
    load(of_column, column_max + j);
    load(scale, column_scale + j);
    exponential((s - row_max) + (s - of_column), e);
    body(j, (e * row_scale) * scale);
  }
}

struct LabelPortion {
  const SimilarityMatrix& similarity;
  int first, count;
  float* scratch;  ///< a padded row
  float* column_best;
  std::int32_t* column_row;
  SoftAssignment& out;

  SAM6D_INLINE void operator()() const {
    const std::size_t width = padded(similarity.columns);
    std::fill(column_best, column_best + width, -1.0F);
    std::fill(column_row, column_row + width, 0);
    for (int row = first; row < first + count; ++row) {
      copy_row(similarity, row, scratch);
      const std::size_t i = static_cast<std::size_t>(row);
      Largest of_row{};
      of_row.reset();
      Ints place = {0, 1, 2, 3, 4, 5, 6, 7};
      Ints row_number{};
      ops::fill(row_number, row);
      for_assignments(
          scratch, out.row_max[i], out.row_scale[i], out.column_max.data(), out.column_scale.data(),
          width, [&](std::size_t j, const Floats& a) __attribute__((always_inline)) {
            of_row.meet(a, place);
            place += kLanes;
            Largest of_column{};
            load(of_column.value, column_best + j);
            load(of_column.place, column_row + j);
            of_column.meet(a, row_number);
            store(column_best + j, of_column.value);
            store(column_row + j, of_column.place);
          });
      out.row_label[i] = of_row.first();
    }
  }
};

struct MergedLabels {
  const ColumnParts& parts;
  int portions;
  SoftAssignment& out;

  SAM6D_INLINE void operator()() const {
    for (std::size_t j = 0; j < parts.width; j += kLanes) {
      Largest best{};
      best.reset();
      for (int portion = 0; portion < portions; ++portion) {
        Largest part{};
        load(part.value, &parts.value[parts.begin(portion) + j]);
        load(part.place, &parts.row[parts.begin(portion) + j]);
        best.meet(part.value, part.place);
      }
      store(&out.column_label[j], best.place);
    }
  }
};

struct PairScoreRow {
  const SimilarityMatrix& similarity;
  int row;
  const SoftAssignment& assignment;
  const std::vector<float>& scales;
  float* scratch;
  float* scores;

  SAM6D_INLINE void operator()() const {
    const std::size_t i = static_cast<std::size_t>(row);
    copy_row(similarity, row, scratch);
    for_assignments(
        scratch, assignment.row_max[i], assignment.row_scale[i], assignment.column_max.data(),
        scales.data(),
        scales.size(), [&](std::size_t j, const Floats& a) __attribute__((always_inline)) {
          store(scratch + j, a);
        });
    std::copy(scratch + 1, scratch + similarity.columns, scores);
  }
};

struct CounterpartRow {
  const SimilarityMatrix& similarity;
  int row;
  const SoftAssignment& assignment;
  const std::vector<float>& scales;
  const std::vector<float>& x;
  const std::vector<float>& y;
  const std::vector<float>& z;
  float* scratch;
  float* weight;
  float* point;

  SAM6D_INLINE void operator()() const {
    constexpr float kEpsilon = 1e-6F;
    const std::size_t i = static_cast<std::size_t>(row);
    copy_row(similarity, row, scratch);
    Floats sum{};
    ops::Point<Floats> mean{};
    for_assignments(
        scratch, assignment.row_max[i], assignment.row_scale[i], assignment.column_max.data(),
        scales.data(),
        scales.size(), [&](std::size_t j, const Floats& a) __attribute__((always_inline)) {
          ops::Point<Floats> p{};
          load(p.x, &x[j]);
          load(p.y, &y[j]);
          load(p.z, &z[j]);
          sum += a;
          mean.x += a * p.x;
          mean.y += a * p.y;
          mean.z += a * p.z;
        });
    *weight = sum_of(sum);
    const float scale = 1.0F / (*weight + kEpsilon);
    point[0] = sum_of(mean.x) * scale;
    point[1] = sum_of(mean.y) * scale;
    point[2] = sum_of(mean.z) * scale;
  }
};

/// body(portion, first row, rows) for every portion.
template <class Body>
void for_portions(const SimilarityMatrix& similarity, int threads, const Body& body) {
  ops::parallel_for(portions_of(similarity), threads, [&](int portion) {
    const int first = portion * kRows;
    body(portion, first, std::min(kRows, similarity.rows - first));
  });
}

/// Scales of columns that keep those pairs only of which neither point is the background's.
std::vector<float> foreground_scales(const SoftAssignment& assignment) {
  std::vector<float> scales = assignment.column_scale;
  for (std::size_t j = 0; j < scales.size(); ++j) {
    if (j == 0 || assignment.column_label[j] == 0) scales[j] = 0;
  }
  return scales;
}

/// body(row, scratch) for every row but the first; empty(row) for those of the background.
template <class Body, class Empty>
void for_foreground_rows(const SimilarityMatrix& similarity, const SoftAssignment& assignment,
                         int threads, const Body& body, const Empty& empty) {
  for_portions(similarity, threads, [&](int, int first, int count) {
    std::vector<float> scratch(padded(similarity.columns));
    for (int row = std::max(1, first); row < first + count; ++row) {
      if (assignment.row_label[static_cast<std::size_t>(row)] > 0) {
        body(row, scratch.data());
      } else {
        empty(row);
      }
    }
  });
}

}  // namespace

SoftAssignment soft_assignment(const SimilarityMatrix& similarity, const CpuParallel& parallel) {
  const std::size_t rows = static_cast<std::size_t>(similarity.rows);
  const std::size_t width = padded(similarity.columns);
  const int portions = portions_of(similarity);
  SoftAssignment out;
  for (auto* of_rows : {&out.row_max, &out.row_scale}) of_rows->resize(rows);
  for (auto* of_columns : {&out.column_max, &out.column_scale}) of_columns->resize(width);
  out.row_label.resize(rows);
  out.column_label.resize(width);
  ColumnParts parts(similarity);
  for_portions(similarity, parallel.threads, [&](int portion, int first, int count) {
    std::vector<float> scratch(width * kRows);
    ops::run_at(
        parallel.level,
        SoftmaxPortion{similarity, first, count, scratch.data(), &parts.value[parts.begin(portion)],
                       &parts.sum[parts.begin(portion)], out.row_max.data(), out.row_scale.data()});
  });
  ops::run_at(parallel.level, MergedColumns{parts, portions, out});
  std::fill(out.column_scale.begin() + similarity.columns, out.column_scale.end(), 0.0F);

  for_portions(similarity, parallel.threads, [&](int portion, int first, int count) {
    std::vector<float> scratch(width);
    ops::run_at(parallel.level, LabelPortion{similarity, first, count, scratch.data(),
                                             &parts.value[parts.begin(portion)],
                                             &parts.row[parts.begin(portion)], out});
  });
  ops::run_at(parallel.level, MergedLabels{parts, portions, out});
  return out;
}

void write_pair_scores(const SimilarityMatrix& similarity, const SoftAssignment& assignment,
                       const CpuParallel& parallel, float* scores) {
  const std::vector<float> scales = foreground_scales(assignment);
  const std::ptrdiff_t width = similarity.columns - 1;
  for_foreground_rows(
      similarity, assignment, parallel.threads,
      [&](int row, float* scratch) {
        ops::run_at(parallel.level, PairScoreRow{similarity, row, assignment, scales, scratch,
                                                 scores + (row - 1) * width});
      },
      [&](int row) { std::fill_n(scores + (row - 1) * width, width, 0.0F); });
}

void write_counterparts(const SimilarityMatrix& similarity, const SoftAssignment& assignment,
                        const float* object, const CpuParallel& parallel, float* weights,
                        float* points) {
  const std::vector<float> scales = foreground_scales(assignment);
  std::vector<float> x(scales.size());
  std::vector<float> y(scales.size());
  std::vector<float> z(scales.size());
  for (int j = 1; j < similarity.columns; ++j) {
    const ops::Point<float> p = ops::point_at(object, j - 1);
    x[static_cast<std::size_t>(j)] = p.x;
    y[static_cast<std::size_t>(j)] = p.y;
    z[static_cast<std::size_t>(j)] = p.z;
  }
  for_foreground_rows(
      similarity, assignment, parallel.threads,
      [&](int row, float* scratch) {
        ops::run_at(parallel.level,
                    CounterpartRow{similarity, row, assignment, scales, x, y, z, scratch,
                                   weights + (row - 1), points + 3 * std::ptrdiff_t{row - 1}});
      },
      [&](int row) {
        weights[row - 1] = 0;
        std::fill_n(points + 3 * std::ptrdiff_t{row - 1}, 3, 0.0F);
      });
}

}  // namespace sam6d::nets
