#pragma once

#include <cstdint>

#include "ops/lanes.hpp"

namespace sam6d::ops {

/// closest_rotations of `count` matrices.
void find_closest_rotations(const double* covariance, int count, SimdLevel level, float* R);

/// Clouds and the pairs between them, three a fit.
struct Triples {
  const float* a;
  int a_count;
  const float* b;
  int b_count;
  const std::int32_t* a_idx;
  const std::int32_t* b_idx;
};

struct TripleMotions {
  float* R;  ///< nine a fit
  float* t;  ///< three a fit
  float* residual;
};

/// fit_triples of the fits begin .. end-1.
void fit_triples(const Triples& triples, int begin, int end, SimdLevel level,
                 const TripleMotions& out);

}  // namespace sam6d::ops
