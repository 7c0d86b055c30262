#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

#include "neural/fastsam_boxes.hpp"
#include "neural/letterbox.hpp"
#include "neural/proposal.hpp"

namespace sam6d {

/// What the masks of a picture are made of.
struct FastSamMaskInput {
  const FastSamBoxes& boxes;
  const at::Tensor& proto;  ///< (32,letterbox.height/4,letterbox.width/4) float32 on the CPU
  Letterbox letterbox;
  int width = 0;  ///< of the picture
  int height = 0;
};

/// A mask is where sigmoid(coefficients x prototypes), interpolated at the centres of the picture's
/// pixels, exceeds one half inside of the network's box; borders of the letterbox have no part in
/// it. Masks without a pixel are left out. Weights are 0 or 1, boxes are those of the masks.
[[nodiscard]] std::vector<Proposal> fastsam_proposals(const FastSamMaskInput& input);

/// As the reference does it: masks of the letterbox's size, stretched to the picture's with their
/// borders, so that they are shifted and have fractional rims; boxes truncated to whole numbers, of
/// which right and bottom may be the picture's width and height. Empty masks stay.
[[nodiscard]] std::vector<Proposal> reference_fastsam_proposals(const FastSamMaskInput& input);

/// sigmoid(coefficients x prototypes): (n,height/4,width/4) float32.
[[nodiscard]] at::Tensor fastsam_mask_probabilities(const at::Tensor& coefficients,
                                                    const at::Tensor& proto);

/// The reference's masks at the letterbox's size, 0 or 1: rows `begin` to `end` of the boxes, as
/// (n,letterbox.height,letterbox.width) float32.
[[nodiscard]] at::Tensor letterboxed_fastsam_masks(const FastSamMaskInput& input,
                                                   std::int64_t begin, std::int64_t end);

}  // namespace sam6d
