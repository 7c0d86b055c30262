#pragma once

#include <ATen/core/Tensor.h>

#include "sam6d/export.hpp"

/// Soft assignment of observed points to an object's points (SAM-6D, Lin et al. 2024, equations 5
/// and 6). similarity: (B,n+1,m+1) float32, of which row 0 and column 0 stand for the background;
/// its assignment is the product of its softmax over columns and its softmax over rows. A
/// similarity that is not a number counts as the smallest there is.
namespace sam6d::nets {

/// Where the assignment of a point is largest (of equal ones, the first): 0 is the background, k
/// the other side's point k - 1.
struct Labels {
  at::Tensor observed;  ///< (B,n) int32
  at::Tensor object;    ///< (B,m) int32
};

struct PairScores {
  Labels labels;
  at::Tensor scores;  ///< (B,n,m) float32
};

/// The assignment without the background, 0 for pairs of which one point is the background's.
[[nodiscard]] SAM6D_API PairScores pair_scores(const at::Tensor& similarity);

struct Counterparts {
  Labels labels;
  at::Tensor weights;  ///< (B,n) float32: sums of the rows of the pairs' scores
  /// (B,n,3) float32: means of the object's points, weighted with (scores / (sum + 1e-6))
  at::Tensor points;
};

/// What pair_scores gives, summed up for every observed point. object: (B,m,3) float32. On the CPU
/// nothing of the similarity's size is allocated.
[[nodiscard]] SAM6D_API Counterparts counterparts(const at::Tensor& similarity,
                                                  const at::Tensor& object);

}  // namespace sam6d::nets
