#pragma once

#include <ATen/core/Tensor.h>

#include "nets/layers.hpp"
#include "nets/sam_config.hpp"

namespace sam6d::nets {

/// What a point says of the mask.
inline constexpr std::int64_t kSamOutside = 0;
inline constexpr std::int64_t kSamInside = 1;
inline constexpr std::int64_t kSamNoPoint = -1;  ///< fills up prompts of fewer points

/// A batch of prompts, in pixels of the network's input (whole numbers are the pixels' centres).
/// Undefined tensors are left away; what is there has the same P.
struct SamPrompts {
  at::Tensor points;  ///< (P,n,2) x, y; float64 or float32
  at::Tensor labels;  ///< (P,n) int: kSamInside, ...
  at::Tensor boxes;   ///< (P,4) x0, y0, x1, y1
  at::Tensor masks;   ///< (P,1,mask_size,mask_size) logits
};

/// What the decoder takes of prompts.
struct SamPromptTokens {
  at::Tensor sparse;  ///< (P,n,channels): points, then the corners of boxes
  at::Tensor dense;   ///< (P or 1,channels,grid,grid): of masks, or of there being none
};

/// SAM's prompt encoder (Kirillov et al. 2023, section A). It stays in float32, whatever the type
/// of the network.
struct SamPromptEncoder {
  std::int64_t image_size = 1024;
  std::int64_t grid = 64;
  at::Tensor frequencies;  ///< (2,channels/2)
  at::Tensor outside;      ///< (1,channels) each
  at::Tensor inside;
  at::Tensor first_corner;
  at::Tensor second_corner;
  at::Tensor no_point;
  at::Tensor no_mask;
  at::Tensor mask_weight1, mask_bias1;
  LayerNorm mask_norm1;
  at::Tensor mask_weight2, mask_bias2;
  LayerNorm mask_norm2;
  at::Tensor mask_weight3, mask_bias3;
};

[[nodiscard]] SamPromptEncoder take_sam_prompts(Parameters& parameters, const SamConfig& config);

/// (1,channels,grid,grid): the encoding of the places of an embedding.
[[nodiscard]] at::Tensor image_positions(const SamPromptEncoder& encoder);

/// Without a box each prompt's points are followed by one that is no point.
[[nodiscard]] SamPromptTokens embed_prompts(const SamPromptEncoder& encoder,
                                            const SamPrompts& prompts);

}  // namespace sam6d::nets
