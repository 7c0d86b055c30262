#pragma once

#include <cstdint>

#include <ATen/core/Tensor.h>

namespace sam6d::nets {

/// Attention over a grid of tokens with relative positions that are added to the scores, decomposed
/// into rows and columns (Li et al., "MViTv2", CVPR 2022, section 4.1, as SAM has them): a query at
/// row y and column x scores a key at row i and column j by
///   q k / sqrt(c) + q rows[y - i + side - 1] + q columns[x - j + side - 1].
/// qkv: (B,side,side,3*heads*c): queries, keys and values of all heads. rows and columns: tables
/// (2*side-1,c). Returns (B,side,side,heads*c). On a CPU scores never exist but for a part of the
/// queries of one head a thread.
[[nodiscard]] at::Tensor attend_on_grid(const at::Tensor& qkv, const at::Tensor& rows,
                                        const at::Tensor& columns, std::int64_t heads);

}  // namespace sam6d::nets
