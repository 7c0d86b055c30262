#pragma once

#include <array>
#include <limits>
#include <span>
#include <vector>

#include "sam6d/export.hpp"

namespace sam6d {

/// Left, top, right, bottom of a box as a network gives it.
using BoxCorners = std::array<float, 4>;

/// Non-maximum suppression: going from the best score to the worst, a box stays if its intersection
/// over union with every one that stayed is at most `iou_threshold`; of equal scores the lower
/// index goes first. Ends with `most` boxes. Returns their indices, best first. Scores that are no
/// numbers, and boxes with a corner that is not finite, stay out.
[[nodiscard]] SAM6D_API std::vector<int> suppress_boxes(std::span<const BoxCorners> boxes,
                                                        std::span<const float> scores,
                                                        double iou_threshold,
                                                        int most = std::numeric_limits<int>::max());

}  // namespace sam6d
