#pragma once

#include <span>
#include <vector>

#include <ATen/core/Tensor.h>

#include "neural/semantic_scores.hpp"

namespace sam6d {

struct AppearanceScore {
  float appearance = 0;  ///< how well the template has what the proposal shows, 0..1
  float visible = 0;     ///< share of the template that the proposal shows, 0..1
};

struct AppearanceSettings {
  /// A patch of the template counts as visible when a patch of the proposal is more similar.
  float visible_threshold = 0.5F;
  /// Patches of the template to which no patch of the proposal is similar at all are not counted
  /// among those that could be visible.
  bool reference_quirks = false;
  int threads = 0;
};

/// A picture's patches that are not masked: (v,C) unit vectors, of `all` patches.
struct ValidPatches {
  at::Tensor rows;
  std::int64_t all = 0;
};

/// patches: (N,C) float32, zero where masked.
[[nodiscard]] ValidPatches only_valid(const at::Tensor& patches);

/// Lin et al. 2024, section 3.1.2: the mean, over the proposal's patches, of the best similarity to
/// a patch of the template, and the share of the template's patches that have a similar one.
/// Similarities that are not numbers count as none.
[[nodiscard]] AppearanceScore score_appearance(const ValidPatches& proposal,
                                               const ValidPatches& view,
                                               const AppearanceSettings& settings);

/// One a match. proposals: (n,N,C); objects: (views,N,C) each. Only the matched view of the matched
/// object is looked at.
[[nodiscard]] std::vector<AppearanceScore> score_appearances(const at::Tensor& proposals,
                                                             std::span<const at::Tensor> objects,
                                                             std::span<const SemanticMatch> matches,
                                                             const AppearanceSettings& settings);

}  // namespace sam6d
