#pragma once

#include <cstdint>
#include <vector>

#include "object/geometric_features.hpp"
#include "pose/candidate.hpp"
#include "pose/quick_score.hpp"
#include "pose/scene_view.hpp"

namespace sam6d {

struct VotingOptions {
  int peaks_per_reference = 40;
  float least_peak = 0.45F;  ///< share of the highest peak of a reference point
  int keep_per_reference = 8;
  float least_score = 0.02F;  ///< quick score of a proposal that is kept
  QuickScoreOptions quick;
  int threads = 1;
};

/// Point-pair voting (Drost et al. 2010): each reference point of the scene pairs with the points
/// around it, looks up which pairs of the model are alike, and votes for where on the model it
/// lies and how it is turned about its normal. Votes only propose: the quick score judges the
/// proposals, and the best of each reference point are returned, in the order of `references`.
[[nodiscard]] std::vector<Candidate> vote(const SceneView& scene, const GeometricFeatures& object,
                                          const std::vector<ScenePoint>& points,
                                          const std::vector<int>& references,
                                          const VotingOptions& options);

}  // namespace sam6d
