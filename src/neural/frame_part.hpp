#pragma once

#include <vector>

#include "sam6d/detection.hpp"
#include "sam6d/frame.hpp"

namespace sam6d {

/// The frame's region of interest as a frame of its own, of the same pixels; the frame itself where
/// it has none. The frame must be valid.
[[nodiscard]] Frame region_of_interest(const Frame& frame);

/// Detections in the region of interest as those of the frame.
void move_to_frame(const Frame& frame, std::vector<Detection>& detections);

}  // namespace sam6d
