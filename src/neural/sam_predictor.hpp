#pragma once

#include <ATen/core/Tensor.h>

#include "nets/sam.hpp"
#include "neural/mask_logits.hpp"
#include "neural/sam_frame.hpp"
#include "sam6d/progress.hpp"

/// SAM on a picture: seen once, then asked as often as one likes.
namespace sam6d {

/// A picture as the network has seen it.
struct SamView {
  SamFrame frame;
  nets::SamImage image;
};

/// `progress`: stage "image encoder". Throws Error(kInvalidArgument) for an empty picture.
[[nodiscard]] SamView look_at(const nets::Sam& sam, const ImageView<Rgb8>& picture,
                              const ProgressFn& progress = {});

/// Prompts in pixels of the picture as prompts of the network.
[[nodiscard]] nets::SamPrompts to_network(const SamFrame& frame, const nets::SamPrompts& prompts);

struct SamPrediction {
  at::Tensor quality;  ///< (P,m) float32 on the CPU: predicted intersection over union
  at::Tensor logits;   ///< (P,m,grid,grid) float32 on the CPU; a mask prompt for another round
};

/// prompts: in pixels of the picture, masks as another prediction gave them. Three masks a prompt,
/// for a prompt that may mean parts, things or groups of them, or one.
[[nodiscard]] SamPrediction predict(const nets::Sam& sam, const SamView& view,
                                    const nets::SamPrompts& prompts, bool three_masks);

/// Logits (grid,grid) on the CPU interpolated to the picture.
[[nodiscard]] Image<float> logits_in_picture(const SamFrame& frame, const at::Tensor& logits);
/// The pixels whose logits are above 0.
[[nodiscard]] Mask mask_in_picture(const SamFrame& frame, const at::Tensor& logits);

}  // namespace sam6d
