#pragma once

#include <cstdint>
#include <span>
#include <vector>

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

}  // namespace sam6d
