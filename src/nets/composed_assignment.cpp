#include "nets/composed_assignment.hpp"

#include <limits>

#include <ATen/ops/matmul.h>
#include <ATen/ops/max.h>
#include <ATen/ops/softmax.h>

namespace sam6d::nets {

PairScores composed_pair_scores(const at::Tensor& similarity) {
  constexpr double kLargest = std::numeric_limits<float>::max();
  const at::Tensor numbers = similarity.nan_to_num(-kLargest, kLargest, -kLargest);
  const at::Tensor assignment = at::softmax(numbers, 2).mul_(at::softmax(numbers, 1));
  const at::Tensor rows = assignment.narrow(1, 1, similarity.size(1) - 1);
  const at::Tensor columns = assignment.narrow(2, 1, similarity.size(2) - 1);
  // argmax names no certain one of several maxima on CUDA; max with indices does neither, so that
  // only the CPU's promise of the first is kept to the letter.
  const Labels labels{std::get<1>(at::max(rows, 2)).to(at::kInt),
                      std::get<1>(at::max(columns, 1)).to(at::kInt)};
  const at::Tensor scores = columns.narrow(1, 1, similarity.size(1) - 1)
                                .mul(labels.observed.gt(0).unsqueeze(2))
                                .mul_(labels.object.gt(0).unsqueeze(1));
  return {labels, scores};
}

Counterparts composed_counterparts(const at::Tensor& similarity, const at::Tensor& object) {
  constexpr double kEpsilon = 1e-6;
  const PairScores pairs = composed_pair_scores(similarity);
  const at::Tensor weights = pairs.scores.sum(2);
  const at::Tensor points =
      at::matmul(pairs.scores, object).div_(weights.unsqueeze(2).add(kEpsilon));
  return {pairs.labels, weights, points};
}

}  // namespace sam6d::nets
