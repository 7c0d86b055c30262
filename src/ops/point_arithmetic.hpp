#pragma once

#include <cstdint>

#if defined(__CUDACC__)
#define SAM6D_HOST_DEVICE __host__ __device__ __forceinline__
#else
#define SAM6D_HOST_DEVICE [[gnu::always_inline]] inline
#endif

/// The arithmetic that decides which index an operator returns, for g++ and nvcc alike. Both
/// compile it without contraction to fused multiply-adds (-ffp-contract=off, -fmad=false), so that
/// the operators' twins agree to the last bit.
namespace sam6d::ops {

/// Running distances of furthest point sampling start here.
inline constexpr float kFarthest = 1e10F;

template <class Scalar>
struct Point {
  Scalar x, y, z;
};

/// (dx*dx + dy*dy) + dz*dz. Scalar is float, or a vector of floats (hence no return value:
/// returning vectors depends on the processor).
template <class Scalar>
SAM6D_HOST_DEVICE void squared_distance(const Point<Scalar>& a, const Point<Scalar>& b,
                                        Scalar& distance2) {
  const Scalar dx = a.x - b.x;
  const Scalar dy = a.y - b.y;
  const Scalar dz = a.z - b.z;
  distance2 = (dx * dx + dy * dy) + dz * dz;
}

SAM6D_HOST_DEVICE float squared_distance(const Point<float>& a, const Point<float>& b) {
  float distance2 = 0;
  squared_distance(a, b, distance2);
  return distance2;
}

SAM6D_HOST_DEVICE Point<float> point_at(const float* xyz, std::int64_t i) {
  return {xyz[3 * i], xyz[3 * i + 1], xyz[3 * i + 2]};
}

/// The order in which furthest point sampling prefers points that are equally far. The original
/// kernel (PointNet++) deals n points to L = min(512, 2^floor(log2 n)) lanes, point k to lane
/// k mod L, keeps the first of a lane, and merges lanes by halves. The winner therefore has the
/// smallest lane number read with its bits reversed, then the smallest k.
struct LaneOrder {
  std::uint32_t lanes;      ///< a power of two
  std::uint32_t lane_bits;  ///< its logarithm

  SAM6D_HOST_DEVICE static LaneOrder of(std::int64_t n) {
    LaneOrder order{1, 0};
    while (order.lanes < 512 && std::int64_t{2} * order.lanes <= n) {
      order.lanes *= 2;
      ++order.lane_bits;
    }
    return order;
  }

  /// `lane` with its bits in reverse order; its own inverse.
  SAM6D_HOST_DEVICE std::uint32_t reversed(std::uint32_t lane) const {
    std::uint32_t result = 0;
    for (std::uint32_t bit = 0; bit < lane_bits; ++bit) {
      result |= ((lane >> bit) & 1U) << (lane_bits - 1 - bit);
    }
    return result;
  }

  /// Smaller for points that win a tie.
  SAM6D_HOST_DEVICE std::uint64_t key(std::uint32_t k) const {
    return (static_cast<std::uint64_t>(reversed(k & (lanes - 1))) << 32U) | k;
  }
};

/// The three nearest so far, ascending; among equals the one met first stays in front.
struct ThreeNearest {
  float distance2[3];
  std::int32_t index[3];

  SAM6D_HOST_DEVICE void meet(float d, std::int32_t k) {
    if (!(d < distance2[2])) return;
    int slot = 2;
    for (; slot > 0 && d < distance2[slot - 1]; --slot) {
      distance2[slot] = distance2[slot - 1];
      index[slot] = index[slot - 1];
    }
    distance2[slot] = d;
    index[slot] = k;
  }
};

/// Weights are taken as they are: nothing normalises them here.
SAM6D_HOST_DEVICE float interpolate(const float* row, const std::int32_t* index,
                                    const float* weight) {
  return (row[index[0]] * weight[0] + row[index[1]] * weight[1]) + row[index[2]] * weight[2];
}

}  // namespace sam6d::ops
