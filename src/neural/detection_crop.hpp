#pragma once

#include <optional>

#include "neural/network_crop.hpp"
#include "sam6d/detection.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/pose.hpp"

namespace sam6d {

/// A detection's crop, or why there is none.
struct DetectionCrop {
  std::optional<MaskedCrop> crop;
  NoPoseReason reason = NoPoseReason::kNone;
};

/// Cuts a detection out of a valid frame: its mask's pixels with depth (without a mask those of its
/// box), of which points are those nearer than `reach_m` to the mean of all. As in the reference,
/// the picture shows what is farther away, too: weights were trained to see it.
///
/// Reasons: kNoMask, kOutsidePicture (nothing of it lies inside the picture and its region of
/// interest), kTooFewPoints (32 pixels with depth or less, or less than 4 within reach).
[[nodiscard]] DetectionCrop crop_detection(const Frame& frame, const Detection& detection,
                                           double reach_m, bool reference_quirks);

}  // namespace sam6d
