#include "nets/assignment.hpp"

#include <algorithm>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>

#include "base/fail.hpp"
#include "nets/composed_assignment.hpp"
#include "nets/cpu_assignment.hpp"
#include "ops/checks.hpp"

namespace sam6d::nets {
namespace {

void expect_similarity(const char* op, const at::Tensor& similarity) {
  ops::expect_tensor(op, "similarity", similarity, at::kFloat, {ops::kAny, ops::kAny, ops::kAny});
  if (similarity.size(1) < 2 || similarity.size(2) < 2) {
    fail(ErrorCode::kInvalidArgument,
         "{}: similarity: expected a point on either side besides the background, found ({}, {}) "
         "tokens",
         op, similarity.size(1), similarity.size(2));
  }
}

CpuParallel cpu_parallel(const at::Tensor& similarity) {
  constexpr std::int64_t kWorthAThread = 20'000;  // entries
  const std::int64_t entries = similarity.size(1) * similarity.size(2);
  return {static_cast<int>(std::clamp<std::int64_t>(entries / kWorthAThread, 1,
                                                    std::max(1, at::get_num_threads()))),
          ops::simd_level()};
}

/// Labels of every item, and write(item, its matrix, its assignment) for what else is wanted.
template <class Write>
Labels assign(const at::Tensor& similarity, const Write& write) {
  const int rows = static_cast<int>(similarity.size(1));
  const int columns = static_cast<int>(similarity.size(2));
  const auto options = similarity.options().dtype(at::kInt);
  Labels labels{at::empty({similarity.size(0), rows - 1}, options),
                at::empty({similarity.size(0), columns - 1}, options)};
  const CpuParallel parallel = cpu_parallel(similarity);
  for (std::int64_t b = 0; b < similarity.size(0); ++b) {
    const SimilarityMatrix matrix{similarity.data_ptr<float>() + b * similarity.stride(0), rows,
                                  columns};
    const SoftAssignment assignment = soft_assignment(matrix, parallel);
    std::copy_n(assignment.row_label.begin() + 1, rows - 1,
                labels.observed.data_ptr<std::int32_t>() + b * (rows - 1));
    std::copy_n(assignment.column_label.begin() + 1, columns - 1,
                labels.object.data_ptr<std::int32_t>() + b * (columns - 1));
    write(b, matrix, assignment, parallel);
  }
  return labels;
}

}  // namespace

PairScores pair_scores(const at::Tensor& similarity) {
  expect_similarity("pair_scores", similarity);
  if (!similarity.device().is_cpu()) return composed_pair_scores(similarity);
  PairScores result;
  result.scores = at::empty({similarity.size(0), similarity.size(1) - 1, similarity.size(2) - 1},
                            similarity.options());
  result.labels = assign(
      similarity.contiguous(), [&](std::int64_t b, const SimilarityMatrix& matrix,
                                   const SoftAssignment& assignment, const CpuParallel& parallel) {
        write_pair_scores(matrix, assignment, parallel,
                          result.scores.data_ptr<float>() + b * result.scores.stride(0));
      });
  return result;
}

Counterparts counterparts(const at::Tensor& similarity, const at::Tensor& object) {
  const char* const op = "counterparts";
  expect_similarity(op, similarity);
  ops::expect_tensor(op, "object", object, at::kFloat,
                     {similarity.size(0), similarity.size(2) - 1, 3});
  ops::expect_same_device(op, "object", object, similarity);
  if (!similarity.device().is_cpu()) return composed_counterparts(similarity, object);
  const at::Tensor cloud = object.contiguous();
  Counterparts result;
  result.weights = at::empty({similarity.size(0), similarity.size(1) - 1}, similarity.options());
  result.points = at::empty({similarity.size(0), similarity.size(1) - 1, 3}, similarity.options());
  result.labels = assign(
      similarity.contiguous(), [&](std::int64_t b, const SimilarityMatrix& matrix,
                                   const SoftAssignment& assignment, const CpuParallel& parallel) {
        write_counterparts(matrix, assignment, cloud.data_ptr<float>() + b * cloud.stride(0),
                           parallel,
                           result.weights.data_ptr<float>() + b * result.weights.stride(0),
                           result.points.data_ptr<float>() + b * result.points.stride(0));
      });
  return result;
}

}  // namespace sam6d::nets
