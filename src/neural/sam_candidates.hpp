#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "neural/mask_logits.hpp"
#include "neural/proposal.hpp"
#include "neural/sam_frame.hpp"

/// Which of SAM's masks become proposals (Kirillov et al. 2023, section B "Automatic mask
/// generation details", with the settings of SAM-6D's segmentation model).
namespace sam6d {

struct SamSelection {
  /// A mask needs a predicted intersection over union above this; 0 = every mask.
  float pred_iou_threshold = 0.88F;
  /// And at least this stability: intersection over union of the masks that logits above
  /// +stability_offset and -stability_offset make; 0 = every mask. The reference's custom run.
  float stability_threshold = 0.97F;
  float stability_offset = 1.0F;
  /// Of two boxes with a larger intersection over union the one with the worse prediction goes.
  double box_nms = 0.7;
  /// Holes and islands of fewer pixels of the working picture go; 0 = none.
  int min_region_area = 0;
  /// What the reference does: boxes end with their last pixel, masks are resized as pictures from
  /// the working size, so that their edges are fractions.
  bool reference_quirks = false;
};

/// A mask that passed.
struct SamCandidate {
  double x_px = 0;  ///< the prompt's point in the working picture
  double y_px = 0;
  float quality = 0;  ///< predicted intersection over union
  float stability = 0;
  Box box;  ///< of the working picture, half open; empty without a pixel
  LogitPatch logits;
};

/// Logits become masks at the working size, where they are judged, and at the size of the picture.
struct SamSamplers {
  SamSamplers(const SamFrame& working, const PictureSize& picture);

  LogitSampler working;
  LogitSampler picture;
  StabilityBound bound;
};

/// logits: grid * grid. Nothing if the mask does not pass. Whether it does is decided by the
/// cheapest of what can tell: the prediction, then the grid's bound on the stability, then the
/// interpolated pixels.
[[nodiscard]] std::optional<SamCandidate> judge(const SamSamplers& samplers,
                                                const SamSelection& selection, float quality,
                                                const float* logits);
[[nodiscard]] bool passes(const SamSelection& selection, float quality);

/// The best of each place, best first; of equals the first.
[[nodiscard]] std::vector<SamCandidate> without_duplicates(std::vector<SamCandidate> candidates,
                                                           const SamSelection& selection);

/// As proposals of the picture, in their order. Score: the predicted intersection over union.
/// Without quirks masks are made of the logits at the picture's size, and those without a pixel
/// there are left away.
[[nodiscard]] std::vector<Proposal> to_proposals(const std::vector<SamCandidate>& candidates,
                                                 const SamSamplers& samplers,
                                                 const SamSelection& selection);

/// Removes small regions of masks of the working picture, then duplicates that this made; masks
/// that did not change are preferred.
struct SamMask {
  Mask mask;
  Box box;  ///< half open
  float quality = 0;
};
[[nodiscard]] std::vector<SamMask> without_small_regions(std::vector<SamMask> masks,
                                                         const PictureSize& size,
                                                         std::int64_t least_area,
                                                         const SamSelection& selection);

}  // namespace sam6d
