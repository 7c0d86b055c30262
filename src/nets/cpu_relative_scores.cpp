#include "nets/cpu_relative_scores.hpp"

#include <algorithm>
#include <cstring>

// This file is compiled with contraction to fused multiply-adds.
namespace sam6d::nets {
namespace {

constexpr int kTile =
    4;  // queries by places: sixteen sums, for each vector of a place four queries

template <int kLanes>
SAM6D_INLINE void load_floats(const float* from, typename Vector<kLanes>::Floats& to) {
  ops::load(to, from);
}

template <int kLanes>
SAM6D_INLINE void load_floats(const std::uint16_t* from, typename Vector<kLanes>::Floats& to) {
  typename Vector<kLanes>::Halves halves{};
  ops::load(halves, from);
  const auto bits = __builtin_convertvector(halves, typename Vector<kLanes>::Bits) << 16;
  std::memcpy(&to, &bits, sizeof(to));
}

using Four = Vector<4>::Floats;

/// Four sums of the lanes, each of every fourth.
template <int kLanes>
SAM6D_INLINE void fold(const typename Vector<kLanes>::Floats& lanes, Four& sums) {
  if constexpr (kLanes == 4) {
    sums = lanes;
  } else {
    typename Vector<kLanes / 2>::Floats low{};
    typename Vector<kLanes / 2>::Floats high{};
    std::memcpy(&low, &lanes, sizeof(low));
    std::memcpy(&high, reinterpret_cast<const char*>(&lanes) + sizeof(low), sizeof(high));
    fold<kLanes / 2>(low + high, sums);
  }
}

/// The sum of each of four vectors.
SAM6D_INLINE void sums_of(const Four (&v)[kTile], Four& sums) {
  const Four ab = __builtin_shufflevector(v[0], v[1], 0, 4, 1, 5) +
                  __builtin_shufflevector(v[0], v[1], 2, 6, 3, 7);
  const Four cd = __builtin_shufflevector(v[2], v[3], 0, 4, 1, 5) +
                  __builtin_shufflevector(v[2], v[3], 2, 6, 3, 7);
  sums = __builtin_shufflevector(ab, cd, 0, 1, 4, 5) + __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
}

template <class Place>
struct Scoring {
  const float* queries;
  int query_count;
  const Place* places;
  int count, channels;
  float* scores;

  template <int kLanes>
  SAM6D_INLINE void run() const {
    // Places, of which a tile stays in the cache for all queries, outside.
    for (int j = 0; j < count; j += kTile) {
      for (int q = 0; q < query_count; q += kTile) {
        tile<kLanes>(q, std::min(kTile, query_count - q), j, std::min(kTile, count - j));
      }
    }
  }

 private:
  /// What lies beyond the last query or place is the last one once more, and is not stored.
  template <int kLanes>
  SAM6D_INLINE void tile(int q, int q_count, int j, int j_count) const {
    using V = typename Vector<kLanes>::Floats;
    const float* query[kTile];
    const Place* place[kTile];
    for (int i = 0; i < kTile; ++i) {
      query[i] = queries + std::ptrdiff_t{channels} * (q + std::min(i, q_count - 1));
      place[i] = places + std::ptrdiff_t{channels} * (j + std::min(i, j_count - 1));
    }
    // The tile after the next: a place's few lines are too short for the processor to run ahead.
    const std::ptrdiff_t ahead = j + 3 * kTile <= count ? std::ptrdiff_t{2} * kTile * channels : 0;
    V sums[kTile][kTile] = {};
    for (int c = 0; c < channels; c += kLanes) {
      V e[kTile];
      for (int i = 0; i < kTile; ++i) {
        load_floats<kLanes>(place[i] + c, e[i]);
        __builtin_prefetch(place[i] + c + ahead);
      }
      for (int i = 0; i < kTile; ++i) {
        V u{};
        ops::load(u, query[i] + c);
        for (int k = 0; k < kTile; ++k) sums[i][k] += u * e[k];
      }
    }
    for (int i = 0; i < q_count; ++i) {
      Four folded[kTile];
      for (int k = 0; k < kTile; ++k) fold<kLanes>(sums[i][k], folded[k]);
      Four row{};
      sums_of(folded, row);
      float* const to = scores + std::ptrdiff_t{count} * (q + i) + j;
      if (j_count == kTile) {
        ops::store(to, row);
      } else {
        for (int k = 0; k < j_count; ++k) to[k] = row[k];
      }
    }
  }
};

}  // namespace

void score_places(const float* queries, int query_count, const float* places, int count,
                  int channels, MatrixLevel level, float* scores) {
  run_matrices_at(level, Scoring<float>{queries, query_count, places, count, channels, scores});
}

void score_places(const float* queries, int query_count, const std::uint16_t* places, int count,
                  int channels, MatrixLevel level, float* scores) {
  run_matrices_at(level,
                  Scoring<std::uint16_t>{queries, query_count, places, count, channels, scores});
}

}  // namespace sam6d::nets
