#pragma once

#include <vector>

#include "neural/semantic_scores.hpp"
#include "support/golden.hpp"

/// Scores against the reference's (tests/data/ism/README.md). `golden` has scoring.safetensors, or
/// the small copy of it; `rows` are rows among the selected proposals.
namespace sam6d::test {

inline constexpr double kScoreTolerance = 1e-5;  // absolute, the goldens' own for scores

void check_semantic_scores(const Golden& golden);

/// queries, references: (rows,256,C), the patches of those rows.
void check_appearance_scores(const Golden& golden, const std::vector<std::int64_t>& rows,
                             const at::Tensor& queries, const at::Tensor& references);

/// masks: (rows,H,W) float32. depth_scale: millimetres a unit of the depth picture.
/// Translations are tensor `translation`.
void check_geometric_scores(const Golden& golden, const std::vector<std::int64_t>& rows,
                            const at::Tensor& masks, const at::Tensor& rotations,
                            const at::Tensor& boxes);

void check_final_scores(const Golden& golden);

/// Rows of a 1-dimensional int64 tensor.
[[nodiscard]] std::vector<std::int64_t> to_rows(const at::Tensor& tensor);

}  // namespace sam6d::test
