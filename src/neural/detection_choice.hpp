#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "neural/proposal.hpp"
#include "neural/proposal_scores.hpp"
#include "sam6d/detection.hpp"
#include "sam6d/mask.hpp"

/// Which of the scored proposals become detections.
namespace sam6d {

/// Whether a proposal is large enough to be looked at, as the reference's runs on data sets have it
/// (its run on one picture does not ask): its box has more than 0.05^2 of the picture, and its
/// mask's weights more than 3e-4.
[[nodiscard]] bool is_large_enough(const Box& box_px, double weight_sum, std::int64_t picture_px);

struct ScoredBox {
  Box box_px;
  int object = 0;
  float score = 0;
};

/// Of two boxes of one object that overlap by more than `iou` the better one stays. Indices by
/// object, ascending, and by score, best first; of equal ones the first.
[[nodiscard]] std::vector<int> suppressed_per_object(std::span<const ScoredBox> boxes, float iou);

struct ChoiceSettings {
  float min_score = 0;
  float nms_iou = 1;                 ///< 1 = none is suppressed
  int max_instances_per_object = 0;  ///< 0 = no limit
  /// Proposals' order stays; masks have every pixel that weighs anything rather than those that
  /// weigh half, and boxes end at their last pixel.
  bool reference_quirks = false;
};

/// Best first; proposals of which no pixel weighs half are left out. objects[i]: the number of the
/// object that scores call i.
[[nodiscard]] std::vector<Detection> choose_detections(std::span<const Proposal> proposals,
                                                       std::span<const ProposalScore> scores,
                                                       std::span<const ObjectId> objects,
                                                       const ChoiceSettings& settings);

}  // namespace sam6d
