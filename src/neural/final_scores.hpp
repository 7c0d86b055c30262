#pragma once

#include <optional>

#include "neural/appearance_scores.hpp"

namespace sam6d {

/// All scores as one, 0..1: (semantic + appearance + visible * geometric) / (2 + visible), so that
/// the geometric score counts the less the more of the object is hidden (Lin et al. 2024, equation
/// 5). Without a geometric score the mean of the other two.
[[nodiscard]] inline float final_score(float semantic, const AppearanceScore& appearance,
                                       std::optional<float> geometric) {
  const float weight = geometric ? appearance.visible : 0.0F;
  return (semantic + appearance.appearance + weight * geometric.value_or(0.0F)) / (2 + weight);
}

}  // namespace sam6d
