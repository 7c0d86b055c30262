#pragma once

#include <cstdint>

#include "nets/matrix_lanes.hpp"

/// Scores of one query point's places on the CPU: products of few rows with many that are read from
/// memory once.
namespace sam6d::nets {

/// Channels must be a multiple of it.
inline constexpr int kChannelStep = 16;

/// scores[q * count + j] = queries[q] . places[j]. Places are (count,channels) float32, or bfloat16
/// as its bits; queries (query_count,channels).
void score_places(const float* queries, int query_count, const float* places, int count,
                  int channels, MatrixLevel level, float* scores);
void score_places(const float* queries, int query_count, const std::uint16_t* places, int count,
                  int channels, MatrixLevel level, float* scores);

}  // namespace sam6d::nets
