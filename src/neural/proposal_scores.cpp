#include "neural/proposal_scores.hpp"

#include <utility>

#include "neural/final_scores.hpp"
#include "neural/geometric_scores.hpp"

namespace sam6d {

std::vector<ProposalScore> score_looks(const Descriptors& descriptors, int first,
                                       std::span<const ViewedObject* const> objects,
                                       const ScoreSettings& settings) {
  std::vector<at::Tensor> cls;
  std::vector<at::Tensor> patches;
  for (const ViewedObject* const object : objects) {
    cls.push_back(object->views.cls);
    patches.push_back(object->views.patches);
  }
  SemanticSettings semantic = settings.semantic;
  semantic.threads = settings.threads;
  const std::vector<SemanticMatch> matches = match_semantically(descriptors.cls, cls, semantic);
  const std::vector<AppearanceScore> appearances =
      score_appearances(descriptors.patches, patches, matches,
                        {settings.visible_threshold, settings.reference_quirks, settings.threads});
  std::vector<ProposalScore> scores(matches.size());
  for (std::size_t i = 0; i < matches.size(); ++i) {
    scores[i].match = matches[i];
    scores[i].match.proposal += first;
    scores[i].appearance = appearances[i];
  }
  return scores;
}

void score_places(const Frame& frame, std::span<const Proposal> proposals,
                  std::span<const ViewedObject* const> objects, const ScoreSettings& settings,
                  std::vector<ProposalScore>& scores) {
  std::vector<GeometricQuery> queries;
  for (const ProposalScore& score : scores) {
    const ViewedObject& object = *objects[static_cast<std::size_t>(score.match.object)];
    queries.push_back({&proposals[static_cast<std::size_t>(score.match.proposal)], object.points_m,
                       object.rotations.at(static_cast<std::size_t>(score.match.view))});
  }
  const std::vector<std::optional<float>> places =
      score_geometry(queries, frame, {settings.reference_quirks, settings.threads});
  for (std::size_t i = 0; i < scores.size(); ++i) {
    ProposalScore& score = scores[i];
    score.geometric = places[i];
    score.score = final_score(score.match.score, score.appearance, score.geometric);
  }
}

}  // namespace sam6d
