#pragma once

#include <optional>
#include <span>
#include <vector>

#include "neural/appearance_scores.hpp"
#include "neural/descriptors.hpp"
#include "neural/proposal.hpp"
#include "neural/semantic_scores.hpp"
#include "neural/viewed_object.hpp"
#include "sam6d/frame.hpp"

/// All scores of a picture's proposals, for all objects at once (Lin et al. 2024, section 3.1.2).
namespace sam6d {

struct ScoreSettings {
  SemanticSettings semantic;
  float visible_threshold = 0.5F;
  bool reference_quirks = false;
  int threads = 0;
};

struct ProposalScore {
  SemanticMatch match;  ///< the proposal, its object, the view that it resembles
  AppearanceScore appearance;
  std::optional<float> geometric;  ///< nothing where the proposal has no depth
  float score = 0;                 ///< all of them together, 0..1
};

/// How proposals look: those that resemble an object, in their order, with semantic score and
/// appearance. Row i of the descriptors is proposal `first` + i.
[[nodiscard]] std::vector<ProposalScore> score_looks(const Descriptors& descriptors, int first,
                                                     std::span<const ViewedObject* const> objects,
                                                     const ScoreSettings& settings);

/// Adds where they are, and the final score.
void score_places(const Frame& frame, std::span<const Proposal> proposals,
                  std::span<const ViewedObject* const> objects, const ScoreSettings& settings,
                  std::vector<ProposalScore>& scores);

}  // namespace sam6d
