#include "nets/pair_embedding.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <span>

#include <ATen/Parallel.h>

#include "ops/lanes.hpp"

namespace sam6d::nets {
namespace {

using ops::Floats;
using ops::kLanes;

/// A place between two rows of a table.
struct Place {
  const float* row;
  float share;  ///< of the row below it
};

Place place_in(const at::Tensor& table, float x) {
  const float position = x * static_cast<float>(SinusoidTable::kEntriesAUnit);
  const std::int64_t last = table.size(0) - 2;
  std::int64_t row = 0;  // for what is not a number, too; its share is none either
  if (position >= static_cast<float>(last)) {
    row = last;
  } else if (position >= 0.0F) {
    row = static_cast<std::int64_t>(position);
  }
  return {table.data_ptr<float>() + row * table.size(1), position - static_cast<float>(row)};
}

/// Sum of the distance's embedding and the largest, or mean, of the angles'.
struct Pair {
  Place distance;
  std::span<const Place> angles;
  bool largest;
};

template <class Vector>
SAM6D_INLINE void blend(const Place& place, std::int64_t channels, std::int64_t c, Vector& value) {
  Vector a;
  Vector b;
  ops::load(a, place.row + c);
  ops::load(b, place.row + channels + c);
  value = a + (b - a) * place.share;
}

template <class Vector>
SAM6D_INLINE void embed_channels(const Pair& pair, std::int64_t channels, std::int64_t c,
                                 float* out) {
  Vector angle;
  blend(pair.angles[0], channels, c, angle);
  for (const Place& place : pair.angles.subspan(1)) {
    Vector other;
    blend(place, channels, c, other);
    if (pair.largest) {
      angle = other > angle ? other : angle;
    } else {
      angle += other;
    }
  }
  if (!pair.largest) angle = angle / static_cast<float>(pair.angles.size());
  Vector distance;
  blend(pair.distance, channels, c, distance);
  ops::store(out + c, Vector(distance + angle));
}

struct EmbeddedPair {
  const Pair& pair;
  std::int64_t channels;
  float* out;

  SAM6D_INLINE void operator()() const {
    std::int64_t c = 0;
    for (; c + kLanes <= channels; c += kLanes) embed_channels<Floats>(pair, channels, c, out);
    for (; c < channels; ++c) embed_channels<float>(pair, channels, c, out);
  }
};

/// The k points nearest to i but for the nearest of all, which is taken for i itself; of equally
/// near ones the first.
void find_neighbours(const float* row, std::int64_t n, std::span<std::int32_t> neighbour) {
  std::vector<std::int32_t> order(static_cast<std::size_t>(n));
  for (std::int64_t j = 0; j < n; ++j) order[static_cast<std::size_t>(j)] = static_cast<int>(j);
  const auto nearer = [&](std::int32_t a, std::int32_t b) {
    return row[a] != row[b] ? row[a] < row[b] : a < b;
  };
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(neighbour.size()) + 1;
  std::partial_sort(order.begin(), end, order.end(), nearer);
  std::copy(order.begin() + 1, end, neighbour.begin());
}

}  // namespace

CloudPairs cloud_pairs(const float* points, std::int64_t n, const GeometricEmbedding& embedding) {
  const auto size = static_cast<std::size_t>(n);
  const auto k = static_cast<std::size_t>(embedding.neighbours);
  CloudPairs pairs;
  pairs.n = n;
  for (std::size_t i = 0; i < size; ++i) {
    pairs.x.push_back(points[3 * i]);
    pairs.y.push_back(points[3 * i + 1]);
    pairs.z.push_back(points[3 * i + 2]);
  }
  pairs.distances.resize(size * size);
  pairs.neighbour.resize(size * k);
  at::parallel_for(0, n, 16, [&](std::int64_t begin, std::int64_t end) {
    for (auto i = static_cast<std::size_t>(begin); i < static_cast<std::size_t>(end); ++i) {
      float* const row = pairs.distances.data() + i * size;
      for (std::size_t j = 0; j < size; ++j) {
        const float dx = pairs.x[j] - pairs.x[i];
        const float dy = pairs.y[j] - pairs.y[i];
        const float dz = pairs.z[j] - pairs.z[i];
        row[j] = std::sqrt(dx * dx + dy * dy + dz * dz) / embedding.sigma_d;
      }
      find_neighbours(row, n, std::span(pairs.neighbour).subspan(i * k, k));
    }
  });
  pairs.far_index.assign(size * size, -1);
  const float end = static_cast<float>(embedding.distance_table.values.size(0) - 1) /
                    static_cast<float>(SinusoidTable::kEntriesAUnit);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = i + 1; j < size; ++j) {
      if (pairs.distances[i * size + j] <= end) continue;
      const auto index = static_cast<std::int32_t>(pairs.far.size());
      pairs.far.push_back(pairs.distances[i * size + j]);
      pairs.far_index[i * size + j] = index;
      pairs.far_index[j * size + i] = index;
    }
  }
  return pairs;
}

void embed_row(const CloudPairs& pairs, std::int64_t i, const GeometricEmbedding& embedding,
               const float* far, float* out) {
  const at::Tensor& distance_table = embedding.distance_table.values;
  const at::Tensor& angle_table = embedding.angle_table.values;
  const std::int64_t channels = distance_table.size(1);
  const auto k = static_cast<std::size_t>(embedding.neighbours);
  const auto at_i = static_cast<std::size_t>(i);
  const ops::SimdLevel level = ops::simd_level();
  const bool largest = embedding.reduction == PemConfig::Reduction::kMax;
  const auto vector_to = [&](std::size_t j) {
    return std::array<float, 3>{pairs.x[j] - pairs.x[at_i], pairs.y[j] - pairs.y[at_i],
                                pairs.z[j] - pairs.z[at_i]};
  };
  std::vector<std::array<float, 3>> references;
  for (std::size_t s = 0; s < k; ++s) {
    references.push_back(vector_to(static_cast<std::size_t>(pairs.neighbour[at_i * k + s])));
  }
  std::vector<Place> angles(k);
  for (std::size_t j = 0; j < static_cast<std::size_t>(pairs.n); ++j) {
    const std::array<float, 3> a = vector_to(j);
    for (std::size_t s = 0; s < k; ++s) {
      const std::array<float, 3>& r = references[s];
      const float cx = r[1] * a[2] - r[2] * a[1];
      const float cy = r[2] * a[0] - r[0] * a[2];
      const float cz = r[0] * a[1] - r[1] * a[0];
      const float sine = std::sqrt(cx * cx + cy * cy + cz * cz);
      // Adding 0 makes 0 of -0, whose angle would be pi.
      const float cosine = r[0] * a[0] + r[1] * a[1] + r[2] * a[2] + 0.0F;
      angles[s] = place_in(angle_table, std::atan2(sine, cosine) * embedding.angle_scale);
    }
    const std::size_t pair = at_i * static_cast<std::size_t>(pairs.n) + j;
    const std::int32_t index = pairs.far_index[pair];
    const Place distance = index < 0 ? place_in(distance_table, pairs.distances[pair])
                                     : Place{far + index * channels, 0.0F};
    ops::run_at(level, EmbeddedPair{Pair{distance, angles, largest}, channels,
                                    out + static_cast<std::int64_t>(j) * channels});
  }
}

}  // namespace sam6d::nets
