#include <algorithm>
#include <cstdint>

#include <ATen/Parallel.h>

#include "base/fail.hpp"

#include "ops/cpu_furthest_points.hpp"
#include "ops/cpu_neighbours.hpp"
#include "ops/cpu_rigid_fits.hpp"
#include "ops/kernels.hpp"
#include "ops/lanes.hpp"
#include "ops/nearest_grid.hpp"
#include "ops/parallel.hpp"
#include "ops/point_arithmetic.hpp"

namespace sam6d::ops {
namespace {

/// Threads for about that many multiply-adds: starting one costs as much as a hundred thousand.
int threads_for(std::int64_t operations) {
  constexpr std::int64_t kWorthAThread = 200'000;
  return static_cast<int>(
      std::clamp<std::int64_t>(operations / kWorthAThread, 1, std::max(1, at::get_num_threads())));
}

int size_of(const at::Tensor& tensor, std::int64_t dim) {
  return static_cast<int>(tensor.size(dim));
}

const float* item(const at::Tensor& tensor, std::int64_t b) {
  return tensor.data_ptr<float>() + b * tensor.stride(0);
}

void expect_indices(const at::Tensor& idx, std::int64_t end) {
  const std::int32_t* const values = idx.data_ptr<std::int32_t>();
  for (std::int64_t i = 0; i < idx.numel(); ++i) {
    if (values[i] < 0 || values[i] >= end) {
      fail(ErrorCode::kInvalidArgument, "idx: expected indices from 0 to {}, found {}", end - 1,
           values[i]);
    }
  }
}

void furthest_point_sampling(const at::Tensor& xyz, const at::Tensor& idx) {
  const int n = size_of(xyz, 1);
  const int count = size_of(idx, 1);
  const SimdLevel level = simd_level();
  std::int32_t* const out = idx.data_ptr<std::int32_t>();
  parallel_for(size_of(xyz, 0), threads_for(xyz.numel() * 50), [&](int b) {
    sample_furthest_points(item(xyz, b), n, count, level, out + std::int64_t{b} * count);
  });
}

void ball_query(const at::Tensor& new_xyz, const at::Tensor& xyz, float radius,
                const at::Tensor& idx) {
  const int queries = size_of(new_xyz, 1);
  const int samples = size_of(idx, 2);
  const float radius2 = radius * radius;
  const SimdLevel level = simd_level();
  const std::int64_t work = std::int64_t{queries} * xyz.size(1) / kLanes * 4;
  for (int b = 0; b < size_of(xyz, 0); ++b) {
    const CoordinateRows cloud = coordinate_rows(item(xyz, b), size_of(xyz, 1));
    const float* const centres = item(new_xyz, b);
    std::int32_t* const out = idx.data_ptr<std::int32_t>() + b * idx.stride(0);
    parallel_for_ranges(queries, 64, threads_for(work), [&](int begin, int end) {
      for (int j = begin; j < end; ++j) {
        query_ball(cloud, point_at(centres, j), radius2, samples, level,
                   out + std::int64_t{j} * samples);
      }
    });
  }
}

void three_nn(const at::Tensor& unknown, const at::Tensor& known, const at::Tensor& dist2,
              const at::Tensor& idx) {
  const int n = size_of(unknown, 1);
  const SimdLevel level = simd_level();
  const std::int64_t work = std::int64_t{n} * known.size(1) / kLanes * 8;
  for (int b = 0; b < size_of(unknown, 0); ++b) {
    const CoordinateRows from = coordinate_rows(item(unknown, b), n);
    const CoordinateRows to = coordinate_rows(item(known, b), size_of(known, 1));
    float* const d2 = dist2.data_ptr<float>() + b * dist2.stride(0);
    std::int32_t* const index = idx.data_ptr<std::int32_t>() + b * idx.stride(0);
    parallel_for_ranges(n, 16 * kLanes, threads_for(work), [&](int begin, int end) {
      find_three_nearest(from, begin, end, to, level, d2, index);
    });
  }
}

/// body(b, c) for every row of a (B,C,...) tensor.
template <class Body>
void for_rows(const at::Tensor& tensor, std::int64_t operations, const Body& body) {
  const int channels = size_of(tensor, 1);
  const int rows = size_of(tensor, 0) * channels;
  parallel_for(rows, threads_for(operations),
               [&](int row) { body(row / channels, row % channels); });
}

void gather(const at::Tensor& points, const at::Tensor& idx, const at::Tensor& out) {
  expect_indices(idx, points.size(2));
  for_rows(out, out.numel(), [&](std::int64_t b, std::int64_t c) {
    const float* const from = item(points, b) + c * points.stride(1);
    const std::int32_t* const index = idx.data_ptr<std::int32_t>() + b * idx.stride(0);
    float* const to = out.data_ptr<float>() + b * out.stride(0) + c * out.stride(1);
    for (std::int64_t j = 0; j < idx.size(1); ++j) to[j] = from[index[j]];
  });
}

void gather_relative(const at::Tensor& xyz, const at::Tensor& new_xyz, const at::Tensor& idx,
                     const at::Tensor& out) {
  for_rows(out, out.numel(), [&](std::int64_t b, std::int64_t c) {
    const float* const from = item(xyz, b) + c;
    const float* const centres = item(new_xyz, b) + c;
    const std::int32_t* index = idx.data_ptr<std::int32_t>() + b * idx.stride(0);
    float* to = out.data_ptr<float>() + b * out.stride(0) + c * out.stride(1);
    for (std::int64_t j = 0; j < idx.size(1); ++j) {
      const float centre = centres[3 * j];
      for (std::int64_t k = 0; k < idx.size(2); ++k) {
        *to++ = from[3 * std::int64_t{*index++}] - centre;
      }
    }
  });
}

void three_interpolate(const at::Tensor& points, const at::Tensor& idx, const at::Tensor& weight,
                       const at::Tensor& out) {
  expect_indices(idx, points.size(2));
  for_rows(out, 3 * out.numel(), [&](std::int64_t b, std::int64_t c) {
    const float* const row = item(points, b) + c * points.stride(1);
    const std::int32_t* const index = idx.data_ptr<std::int32_t>() + b * idx.stride(0);
    const float* const weights = item(weight, b);
    float* const to = out.data_ptr<float>() + b * out.stride(0) + c * out.stride(1);
    for (std::int64_t j = 0; j < idx.size(1); ++j) {
      to[j] = interpolate(row, index + 3 * j, weights + 3 * j);
    }
  });
}

constexpr std::int64_t kOperationsAFit = 1000;

void closest_rotations(const at::Tensor& covariance, const at::Tensor& R) {
  const SimdLevel level = simd_level();
  const double* const matrices = covariance.data_ptr<double>();
  float* const out = R.data_ptr<float>();
  parallel_for_ranges(size_of(covariance, 0), 256,
                      threads_for(covariance.size(0) * kOperationsAFit), [&](int begin, int end) {
                        const std::ptrdiff_t offset = 9 * std::ptrdiff_t{begin};
                        find_closest_rotations(matrices + offset, end - begin, level, out + offset);
                      });
}

void fit_all_triples(const at::Tensor& a, const at::Tensor& b, const at::Tensor& a_idx,
                     const at::Tensor& b_idx, const at::Tensor& R, const at::Tensor& t,
                     const at::Tensor& residual) {
  const SimdLevel level = simd_level();
  for (int i = 0; i < size_of(a, 0); ++i) {
    const Triples triples{item(a, i),
                          size_of(a, 1),
                          item(b, i),
                          size_of(b, 1),
                          a_idx.data_ptr<std::int32_t>() + i * a_idx.stride(0),
                          b_idx.data_ptr<std::int32_t>() + i * b_idx.stride(0)};
    const TripleMotions out{R.data_ptr<float>() + i * R.stride(0),
                            t.data_ptr<float>() + i * t.stride(0),
                            residual.data_ptr<float>() + i * residual.stride(0)};
    parallel_for_ranges(size_of(residual, 1), 256, threads_for(residual.size(1) * kOperationsAFit),
                        [&](int begin, int end) { fit_triples(triples, begin, end, level, out); });
  }
}

void nearest_distances(const at::Tensor& points, const at::Tensor& R, const at::Tensor& t,
                       const at::Tensor& cloud, const at::Tensor& distance) {
  constexpr int kPointsAnItem = 512;
  const SimdLevel level = simd_level();
  const int count = size_of(points, 1);
  const int portions = (count + kPointsAnItem - 1) / kPointsAnItem;
  const int poses = size_of(R, 1);
  const int threads = threads_for(distance.stride(0) * 100);
  for (int b = 0; b < size_of(points, 0); ++b) {
    const NearestGrid grid(item(cloud, b), size_of(cloud, 1), distance.stride(0), threads, level);
    parallel_for(poses * portions, threads, [&](int i) {
      const int pose = i / portions;
      const int begin = i % portions * kPointsAnItem;
      grid.distances(
          item(points, b), begin, std::min(count, begin + kPointsAnItem),
          item(R, b) + pose * R.stride(1), item(t, b) + pose * t.stride(1), level,
          distance.data_ptr<float>() + b * distance.stride(0) + pose * distance.stride(1));
    });
  }
}

}  // namespace

const Kernels& cpu_kernels() {
  static constexpr Kernels kKernels{furthest_point_sampling, ball_query,      gather,
                                    gather_relative,         three_nn,        three_interpolate,
                                    closest_rotations,       fit_all_triples, nearest_distances};
  return kKernels;
}

}  // namespace sam6d::ops
