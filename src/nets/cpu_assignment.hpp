#pragma once

#include <cstdint>
#include <vector>

#include "ops/lanes.hpp"

/// Soft assignment of one item of a batch on the CPU, in three passes over the similarity: the
/// softmaxes' maxima and sums, labels, and what is wanted of the assignment. None of them keeps the
/// assignment; rows are dealt to threads in portions of a fixed size, so that sums do not depend on
/// the number of threads.
namespace sam6d::nets {

/// (rows, columns) without gaps, at least 2 x 2.
struct SimilarityMatrix {
  const float* values;
  int rows, columns;
};

struct CpuParallel {
  int threads;
  ops::SimdLevel level;
};

/// The assignment of (i,j) is exp((s - row_max[i]) + (s - column_max[j])) * row_scale[i] *
/// column_scale[j].
struct SoftAssignment {
  std::vector<float> row_max, row_scale;
  std::vector<float> column_max, column_scale;  ///< padded to whole vectors; scales there are 0
  std::vector<std::int32_t> row_label, column_label;  ///< where a row or column is largest
};

[[nodiscard]] SoftAssignment soft_assignment(const SimilarityMatrix& similarity,
                                             const CpuParallel& parallel);

/// The assignment of pairs without the background: (rows - 1, columns - 1).
void write_pair_scores(const SimilarityMatrix& similarity, const SoftAssignment& assignment,
                       const CpuParallel& parallel, float* scores);

/// weights: rows - 1; points: three each; object: three for each column but the first.
void write_counterparts(const SimilarityMatrix& similarity, const SoftAssignment& assignment,
                        const float* object, const CpuParallel& parallel, float* weights,
                        float* points);

}  // namespace sam6d::nets
