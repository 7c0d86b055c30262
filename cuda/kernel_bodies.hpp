#pragma once

#include <cstdint>
#include <limits>

#include "ops/point_arithmetic.hpp"
#include "ops/rotation_arithmetic.hpp"

#if defined(__CUDACC__)
#define SAM6D_KERNEL_BODY __device__ inline
#else
#define SAM6D_KERNEL_BODY inline
#endif

/// What one thread of each kernel does. Block says where the thread is: index() and blocks() of the
/// grid, thread() and threads() of the block, sync() to wait for the block's threads, shared<T>()
/// for its shared memory. In a kernel it is the device's (launch.cu); tests emulate a grid on the
/// host. All tensors are contiguous but outputs of gathers, of which a batch may be further from
/// the next.
namespace sam6d::cuda {

inline constexpr float kInfinity = std::numeric_limits<float>::infinity();
inline constexpr float kNotANumber = std::numeric_limits<float>::quiet_NaN();

/// Calls body(i) for this thread's share of 0 .. count-1.
template <class Block, class Body>
SAM6D_KERNEL_BODY void for_share(const Block& block, std::int64_t count, const Body& body) {
  const std::int64_t step = std::int64_t{block.blocks()} * block.threads();
  for (std::int64_t i = std::int64_t{block.index()} * block.threads() + block.thread(); i < count;
       i += step) {
    body(i);
  }
}

/// A block a cloud, of any number of threads.
struct FurthestPoints {
  const float* xyz;
  std::int64_t points;
  std::int64_t count;
  float* running;  ///< (B,N) for squared distances
  std::int32_t* idx;

  struct Candidate {
    float distance2;
    std::int32_t index;
  };
  /// The first step of choosing among the threads leaves so many candidates.
  static constexpr int kGroups = 32;
  /// Bytes of shared memory for a block.
  static constexpr int shared_bytes(int threads) {
    return (threads + kGroups) * static_cast<int>(sizeof(Candidate));
  }

  SAM6D_KERNEL_BODY static Candidate preferred(const Candidate& a, const Candidate& b,
                                               const ops::LaneOrder& order) {
    if (a.distance2 != b.distance2) return a.distance2 > b.distance2 ? a : b;
    return order.key(static_cast<std::uint32_t>(b.index)) <
                   order.key(static_cast<std::uint32_t>(a.index))
               ? b
               : a;
  }

  template <class Block>
  SAM6D_KERNEL_BODY void operator()(Block& block) const {
    const float* const cloud = xyz + 3 * points * block.index();
    float* const distances2 = running + points * block.index();
    std::int32_t* const chosen = idx + count * block.index();
    Candidate* const of_thread = block.template shared<Candidate>();
    Candidate* const of_group = of_thread + block.threads();
    const int groups = block.threads() < kGroups ? block.threads() : kGroups;
    const ops::LaneOrder order = ops::LaneOrder::of(points);
    const int thread = block.thread();

    for (std::int64_t k = thread; k < points; k += block.threads()) distances2[k] = ops::kFarthest;
    std::int32_t last = 0;
    if (thread == 0) chosen[0] = last;
    for (std::int64_t j = 1; j < count; ++j) {
      const ops::Point<float> sample = ops::point_at(cloud, last);
      Candidate best{-1.0F, 0};  // loses against every point
      for (std::int64_t k = thread; k < points; k += block.threads()) {
        const float d = ops::squared_distance(ops::point_at(cloud, k), sample);
        const float distance2 = d < distances2[k] ? d : distances2[k];
        distances2[k] = distance2;
        best = preferred(best, {distance2, static_cast<std::int32_t>(k)}, order);
      }
      // Candidates of threads are written again only after the second wait, those of groups only
      // after the next first one: two waits a step are enough.
      of_thread[thread] = best;
      block.sync();
      if (thread < groups) {
        for (int other = thread + groups; other < block.threads(); other += groups) {
          best = preferred(best, of_thread[other], order);
        }
        of_group[thread] = best;
      }
      block.sync();
      best = of_group[0];
      for (int group = 1; group < groups; ++group) best = preferred(best, of_group[group], order);
      last = best.index;
      if (thread == 0) chosen[j] = last;
    }
  }
};

/// A thread a query point.
struct BallQuery {
  const float* new_xyz;
  const float* xyz;
  std::int64_t batch, queries, points, samples;
  float radius2;
  std::int32_t* idx;

  template <class Block>
  SAM6D_KERNEL_BODY void operator()(Block& block) const {
    for_share(block, batch * queries, [&](std::int64_t query) {
      const float* const cloud = xyz + 3 * points * (query / queries);
      const ops::Point<float> centre = ops::point_at(new_xyz, query);
      std::int32_t* const slots = idx + samples * query;
      std::int64_t hits = 0;
      for (std::int64_t k = 0; k < points && hits < samples; ++k) {
        if (ops::squared_distance(centre, ops::point_at(cloud, k)) < radius2) {
          slots[hits++] = static_cast<std::int32_t>(k);
        }
      }
      const std::int32_t rest = hits > 0 ? slots[0] : 0;
      for (; hits < samples; ++hits) slots[hits] = rest;
    });
  }
};

/// A thread an output element.
struct Gather {
  const float* points;
  const std::int32_t* idx;
  std::int64_t batch, channels, count, picks;  ///< count points a row, picks of them are wanted
  float* out;
  std::int64_t out_batch_stride;

  template <class Block>
  SAM6D_KERNEL_BODY void operator()(Block& block) const {
    for_share(block, batch * channels * picks, [&](std::int64_t element) {
      const std::int64_t row = element / picks;
      const std::int64_t j = element % picks;
      const std::int64_t b = row / channels;
      const std::int32_t index = idx[b * picks + j];
      const bool inside = index >= 0 && index < count;
      out[b * out_batch_stride + (row % channels) * picks + j] =
          inside ? points[row * count + index] : kNotANumber;
    });
  }
};

/// A thread an output element; the indices are those of a ball query.
struct GatherRelative {
  const float* xyz;
  const float* new_xyz;
  const std::int32_t* idx;
  std::int64_t batch, points, queries, samples;
  float* out;
  std::int64_t out_batch_stride;

  template <class Block>
  SAM6D_KERNEL_BODY void operator()(Block& block) const {
    const std::int64_t picks = queries * samples;
    for_share(block, batch * 3 * picks, [&](std::int64_t element) {
      const std::int64_t j = element % picks;
      const std::int64_t c = element / picks % 3;
      const std::int64_t b = element / picks / 3;
      const std::int64_t index = idx[b * picks + j];
      out[b * out_batch_stride + c * picks + j] =
          xyz[3 * (b * points + index) + c] - new_xyz[3 * (b * queries + j / samples) + c];
    });
  }
};

/// A thread an unknown point.
struct ThreeNearest {
  const float* unknown;
  const float* known;
  std::int64_t batch, unknown_count, known_count;
  float* dist2;
  std::int32_t* idx;

  template <class Block>
  SAM6D_KERNEL_BODY void operator()(Block& block) const {
    for_share(block, batch * unknown_count, [&](std::int64_t i) {
      ops::ThreeNearest nearest{{kInfinity, kInfinity, kInfinity}, {0, 0, 0}};
      const float* const cloud = known + 3 * known_count * (i / unknown_count);
      const ops::Point<float> point = ops::point_at(unknown, i);
      for (std::int64_t k = 0; k < known_count; ++k) {
        nearest.meet(ops::squared_distance(point, ops::point_at(cloud, k)),
                     static_cast<std::int32_t>(k));
      }
      for (int j = 0; j < 3; ++j) {
        dist2[3 * i + j] = nearest.distance2[j];
        idx[3 * i + j] = nearest.index[j];
      }
    });
  }
};

/// A thread an output element.
struct ThreeInterpolate {
  const float* points;
  const std::int32_t* idx;
  const float* weight;
  std::int64_t batch, channels, known_count, unknown_count;
  float* out;

  template <class Block>
  SAM6D_KERNEL_BODY void operator()(Block& block) const {
    for_share(block, batch * channels * unknown_count, [&](std::int64_t element) {
      const std::int64_t row = element / unknown_count;
      const std::int64_t slot = 3 * (row / channels * unknown_count + element % unknown_count);
      bool inside = true;
      for (int j = 0; j < 3; ++j) {
        inside = inside && idx[slot + j] >= 0 && idx[slot + j] < known_count;
      }
      out[element] = inside
                         ? ops::interpolate(points + row * known_count, idx + slot, weight + slot)
                         : kNotANumber;
    });
  }
};

/// A thread a matrix.
struct ClosestRotations {
  const double* covariance;
  std::int64_t count;
  float* R;

  template <class Block>
  SAM6D_KERNEL_BODY void operator()(Block& block) const {
    for_share(block, count, [&](std::int64_t i) {
      ops::Matrix3<double> matrix;
      for (int k = 0; k < 9; ++k) matrix.m[k / 3][k % 3] = covariance[9 * i + k];
      ops::Matrix3<double> rotation;
      ops::closest_rotation(matrix, rotation);
      for (int k = 0; k < 9; ++k) R[9 * i + k] = static_cast<float>(rotation.m[k / 3][k % 3]);
    });
  }
};

/// A thread a fit.
struct FitTriples {
  const float* a;
  const float* b;
  const std::int32_t* a_idx;
  const std::int32_t* b_idx;
  std::int64_t batch, a_count, b_count, fits;
  float* R;
  float* t;
  float* residual;

  SAM6D_KERNEL_BODY static void load_point(const float* cloud, std::int64_t count,
                                           std::int64_t index, double (&point)[3]) {
    const std::int64_t last = count - 1;
    const std::int64_t inside = index < 0 ? 0 : (index > last ? last : index);
    for (int c = 0; c < 3; ++c) point[c] = static_cast<double>(cloud[3 * inside + c]);
  }

  template <class Block>
  SAM6D_KERNEL_BODY void operator()(Block& block) const {
    for_share(block, batch * fits, [&](std::int64_t i) {
      const std::int64_t item = i / fits;
      double from[3][3];
      double to[3][3];
      for (int k = 0; k < 3; ++k) {
        load_point(a + 3 * a_count * item, a_count, a_idx[3 * i + k], from[k]);
        load_point(b + 3 * b_count * item, b_count, b_idx[3 * i + k], to[k]);
      }
      ops::RigidMotion<double> motion;
      double distance = 0;
      ops::fit_triple(from, to, motion, distance);
      for (int k = 0; k < 9; ++k) R[9 * i + k] = static_cast<float>(motion.R.m[k / 3][k % 3]);
      for (int k = 0; k < 3; ++k) t[3 * i + k] = static_cast<float>(motion.t[k]);
      residual[i] = static_cast<float>(distance);
    });
  }
};

/// A thread a point in a pose; it walks the whole cloud, which its neighbours read with it.
struct NearestDistances {
  const float* points;
  const float* R;
  const float* t;
  const float* cloud;
  std::int64_t batch, poses, count, cloud_count;  ///< count points an item
  float* distance;

  template <class Block>
  SAM6D_KERNEL_BODY void operator()(Block& block) const {
    for_share(block, batch * poses * count, [&](std::int64_t i) {
      const std::int64_t pose = i / count;
      const std::int64_t item = pose / poses;
      const ops::Point<float> point = ops::moved_back(
          ops::point_at(points, item * count + i % count), R + 9 * pose, t + 3 * pose);
      const float* const own = cloud + 3 * cloud_count * item;
      float nearest2 = kInfinity;
      for (std::int64_t k = 0; k < cloud_count; ++k) {
        const float distance2 = ops::squared_distance(point, ops::point_at(own, k));
        nearest2 = distance2 < nearest2 ? distance2 : nearest2;
      }
      distance[i] = sqrtf(nearest2);
    });
  }
};

}  // namespace sam6d::cuda
