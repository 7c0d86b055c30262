#pragma once

#include "nets/assignment.hpp"

/// The functions of assignment.hpp as compositions of operators, for any device. They allocate
/// several tensors of the similarity's size, and never wait for the device.
namespace sam6d::nets {

[[nodiscard]] PairScores composed_pair_scores(const at::Tensor& similarity);
[[nodiscard]] Counterparts composed_counterparts(const at::Tensor& similarity,
                                                 const at::Tensor& object);

}  // namespace sam6d::nets
