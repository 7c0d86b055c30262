#include "segment/box_suppression.hpp"

#include <algorithm>
#include <cmath>

#include "base/fail.hpp"

namespace sam6d {
namespace {

float area(const BoxCorners& box) { return (box[2] - box[0]) * (box[3] - box[1]); }

/// In float32, as the networks' authors compute it; not a number for two boxes without area.
float intersection_over_union(const BoxCorners& a, const BoxCorners& b) {
  const float width = std::max(0.0F, std::min(a[2], b[2]) - std::max(a[0], b[0]));
  const float height = std::max(0.0F, std::min(a[3], b[3]) - std::max(a[1], b[1]));
  const float intersection = width * height;
  return intersection / (area(a) + area(b) - intersection);
}

}  // namespace

std::vector<int> suppress_boxes(std::span<const BoxCorners> boxes, std::span<const float> scores,
                                double iou_threshold, int most) {
  if (boxes.size() != scores.size()) {
    fail(ErrorCode::kInvalidArgument, "suppress_boxes: expected a score a box, found {} for {}",
         scores.size(), boxes.size());
  }
  const auto score = [&](int i) { return scores[static_cast<std::size_t>(i)]; };
  std::vector<int> order;
  for (std::size_t i = 0; i < boxes.size(); ++i) {
    const bool finite = std::ranges::all_of(boxes[i], [](float v) { return std::isfinite(v); });
    if (finite && !std::isnan(scores[i])) order.push_back(static_cast<int>(i));
  }
  std::ranges::stable_sort(order, std::ranges::greater{}, score);
  std::vector<int> kept;
  for (const int i : order) {
    if (static_cast<std::int64_t>(kept.size()) >= most) break;
    const BoxCorners& box = boxes[static_cast<std::size_t>(i)];
    const bool overlaps = std::ranges::any_of(kept, [&](int other) {
      return intersection_over_union(boxes[static_cast<std::size_t>(other)], box) > iou_threshold;
    });
    if (!overlaps) kept.push_back(i);
  }
  return kept;
}

}  // namespace sam6d
