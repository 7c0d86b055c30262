#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "segment/box_suppression.hpp"

namespace sam6d {

/// Boxes of a FastSAM output that are worth a mask, best first.
struct FastSamBoxes {
  std::vector<BoxCorners> boxes_px;  ///< in the letterbox
  std::vector<float> scores;
  at::Tensor coefficients;  ///< (n,32) float32 on the CPU, of the prototypes
};

/// pred: (4+1+32,n) float32: centre, width, height, score, coefficients. Keeps boxes with a score
/// above `least_score` of which none overlaps a better one by more than `iou_threshold`, at most
/// `most`; of equal scores the lower index goes first. What is not finite is left out.
[[nodiscard]] FastSamBoxes kept_fastsam_boxes(const at::Tensor& pred, float least_score,
                                              double iou_threshold, int most);

}  // namespace sam6d
