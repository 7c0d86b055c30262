#include "neural/detection_choice.hpp"

#include <algorithm>
#include <numeric>

namespace sam6d {
namespace {

std::vector<int> greedy(std::span<const ScoredBox> boxes, std::vector<int> order, float iou) {
  const auto box = [&](int i) -> const ScoredBox& { return boxes[static_cast<std::size_t>(i)]; };
  std::stable_sort(order.begin(), order.end(),
                   [&](int a, int b) { return box(a).score > box(b).score; });
  std::vector<int> kept;
  for (const int candidate : order) {
    const bool is_new = std::none_of(kept.begin(), kept.end(), [&](int better) {
      return box_iou(box(better).box_px, box(candidate).box_px) > double{iou};
    });
    if (is_new) kept.push_back(candidate);
  }
  return kept;
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
  std::vector<int> order(boxes.size());
  std::iota(order.begin(), order.end(), 0);
  const auto object = [&](int i) { return boxes[static_cast<std::size_t>(i)].object; };
  std::stable_sort(order.begin(), order.end(), [&](int a, int b) { return object(a) < object(b); });
  std::vector<int> kept;
  for (auto begin = order.begin(); begin != order.end();) {
    const auto end =
        std::find_if(begin, order.end(), [&](int i) { return object(i) != object(*begin); });
    const std::vector<int> of_object = greedy(boxes, {begin, end}, iou);
    kept.insert(kept.end(), of_object.begin(), of_object.end());
    begin = end;
  }
  return kept;
}

}  // namespace sam6d
