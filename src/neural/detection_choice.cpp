#include "neural/detection_choice.hpp"

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "segment/box_suppression.hpp"

namespace sam6d {
namespace {

Detection to_detection(const Proposal& proposal, ObjectId object, float score,
                       bool reference_quirks) {
  constexpr float kHalf = 0.5F;
  Detection detection;
  detection.object = object;
  detection.score = score;
  Mask mask(proposal.extent_px);
  const Box& box = mask.box();
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) {
      const float weight = proposal.weights(x - box.x0, y - box.y0);
      if (reference_quirks ? weight > 0 : weight >= kHalf) mask.set(x, y);
    }
  }
  detection.mask = mask.cropped();
  detection.box_px = reference_quirks ? proposal.box_px : detection.mask.box();
  return detection;
}

}  // namespace

bool is_large_enough(const Box& box_px, double weight_sum, std::int64_t picture_px) {
  constexpr float kLeastBox = 0.05F * 0.05F;
  constexpr float kLeastMask = 3e-4F;
  const auto picture = static_cast<float>(picture_px);
  return static_cast<float>(box_px.area()) / picture > kLeastBox &&
         static_cast<float>(weight_sum) / picture > kLeastMask;
}

std::vector<int> suppressed_per_object(std::span<const ScoredBox> boxes, float iou) {
  struct OfObject {
    std::vector<int> indices;
    std::vector<BoxCorners> corners;
    std::vector<float> scores;
  };
  std::map<int, OfObject> objects;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    OfObject& object = objects[boxes[i].object];
    const Box& box = boxes[i].box_px;
    object.indices.push_back(static_cast<int>(i));
    object.corners.push_back({static_cast<float>(box.x0), static_cast<float>(box.y0),
                              static_cast<float>(box.x1), static_cast<float>(box.y1)});
    object.scores.push_back(boxes[i].score);
  }
  std::vector<int> kept;
  for (const auto& [id, object] : objects) {
    for (const int i : suppress_boxes(object.corners, object.scores, double{iou})) {
      kept.push_back(object.indices[static_cast<std::size_t>(i)]);
    }
  }
  return kept;
}

std::vector<Detection> choose_detections(std::span<const Proposal> proposals,
                                         std::span<const ProposalScore> scores,
                                         std::span<const ObjectId> objects,
                                         const ChoiceSettings& settings) {
  std::vector<Detection> all;
  std::vector<ScoredBox> boxes;
  for (const ProposalScore& score : scores) {
    if (!(score.score >= settings.min_score)) continue;
    const auto object = static_cast<std::size_t>(score.match.object);
    Detection detection = to_detection(proposals[static_cast<std::size_t>(score.match.proposal)],
                                       objects[object], score.score, settings.reference_quirks);
    if (detection.mask.empty() && !settings.reference_quirks) continue;
    all.push_back(std::move(detection));
    boxes.push_back({all.back().box_px, score.match.object, score.score});
  }
  std::vector<int> order(all.size());
  std::iota(order.begin(), order.end(), 0);
  if (settings.nms_iou < 1) order = suppressed_per_object(boxes, settings.nms_iou);
  if (!settings.reference_quirks) {
    std::stable_sort(order.begin(), order.end(), [&](int a, int b) {
      return all[static_cast<std::size_t>(a)].score > all[static_cast<std::size_t>(b)].score;
    });
  }
  std::vector<Detection> chosen;
  std::map<ObjectId, int> instances;
  for (const int i : order) {
    Detection& detection = all[static_cast<std::size_t>(i)];
    const int instance = instances[detection.object]++;
    if (settings.max_instances_per_object > 0 && instance >= settings.max_instances_per_object) {
      continue;
    }
    chosen.push_back(std::move(detection));
  }
  return chosen;
}

}  // namespace sam6d
