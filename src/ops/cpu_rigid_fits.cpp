#include "ops/cpu_rigid_fits.hpp"

#include <algorithm>

#include "ops/rotation_arithmetic.hpp"

namespace sam6d::ops {
namespace {

struct ClosestRotations {
  const double* covariance;
  int count;
  float* R;

  SAM6D_INLINE void operator()() const {
    for (int first = 0; first < count; first += kDoubleLanes) {
      const int lanes = std::min(kDoubleLanes, count - first);
      const std::ptrdiff_t offset = std::ptrdiff_t{9} * first;
      Matrix3<Doubles> matrices{};
      for (int lane = 0; lane < lanes; ++lane) {
        for (int i = 0; i < 9; ++i) {
          matrices.m[i / 3][i % 3][lane] = covariance[offset + 9 * lane + i];
        }
      }
      Matrix3<Doubles> rotations{};
      closest_rotation(matrices, rotations);
      for (int lane = 0; lane < lanes; ++lane) {
        for (int i = 0; i < 9; ++i) {
          R[offset + 9 * lane + i] = static_cast<float>(rotations.m[i / 3][i % 3][lane]);
        }
      }
    }
  }
};

SAM6D_INLINE const float* clamped_point(const float* cloud, int count, std::int32_t index) {
  return cloud + 3 * std::ptrdiff_t{std::clamp(index, 0, count - 1)};
}

struct TripleFitting {
  const Triples& triples;
  int begin, end;
  const TripleMotions& out;

  SAM6D_INLINE void operator()() const {
    for (int first = begin; first < end; first += kDoubleLanes) {
      const int lanes = std::min(kDoubleLanes, end - first);
      Doubles a[3][3] = {};
      Doubles b[3][3] = {};
      for (int lane = 0; lane < lanes; ++lane) {
        for (int k = 0; k < 3; ++k) {
          const std::ptrdiff_t pair = 3 * std::ptrdiff_t{first + lane} + k;
          const float* const from = clamped_point(triples.a, triples.a_count, triples.a_idx[pair]);
          const float* const to = clamped_point(triples.b, triples.b_count, triples.b_idx[pair]);
          for (int i = 0; i < 3; ++i) {
            a[k][i][lane] = static_cast<double>(from[i]);
            b[k][i][lane] = static_cast<double>(to[i]);
          }
        }
      }
      RigidMotion<Doubles> motion{};
      Doubles residual{};
      fit_triple(a, b, motion, residual);
      for (int lane = 0; lane < lanes; ++lane) {
        const std::ptrdiff_t fit = first + lane;
        for (int i = 0; i < 9; ++i) {
          out.R[9 * fit + i] = static_cast<float>(motion.R.m[i / 3][i % 3][lane]);
        }
        for (int i = 0; i < 3; ++i) out.t[3 * fit + i] = static_cast<float>(motion.t[i][lane]);
        out.residual[fit] = static_cast<float>(residual[lane]);
      }
    }
  }
};

}  // namespace

void find_closest_rotations(const double* covariance, int count, SimdLevel level, float* R) {
  run_at(level, ClosestRotations{covariance, count, R});
}

void fit_triples(const Triples& triples, int begin, int end, SimdLevel level,
                 const TripleMotions& out) {
  run_at(level, TripleFitting{triples, begin, end, out});
}

}  // namespace sam6d::ops
