#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/layers.hpp"
#include "nets/sam_config.hpp"
#include "nets/stage.hpp"

namespace sam6d::nets {

/// Attention whose queries, keys and values have fewer channels inside.
struct SamAttention {
  Linear q, k, v, out;
};

struct SamDecoderLayer {
  SamAttention self;
  LayerNorm norm1;
  SamAttention to_image;  ///< tokens look at the picture
  LayerNorm norm2;
  Linear expand, squeeze;
  LayerNorm norm3;
  SamAttention to_tokens;  ///< the picture looks at the tokens
  LayerNorm norm4;
};

/// Layers with rectifiers between them.
struct SamMlp {
  Linear first, second, third;
};

/// SAM's mask decoder (Kirillov et al. 2023, section A, "Lightweight mask decoder").
struct SamDecoder {
  std::int64_t heads = 8;
  std::int64_t grid = 64;
  std::array<SamDecoderLayer, 2> layers;
  SamAttention to_image;
  LayerNorm norm;
  at::Tensor own_tokens;  ///< (1+kSamMasks,channels): of the quality, then one a mask
  Linear upscaling1;      ///< from channels to row, column, channels/4 of four finer places
  LayerNorm upscaling_norm;
  Linear upscaling2;  ///< the same once more, to channels/8
  std::array<SamMlp, kSamMasks> mask_mlps;
  SamMlp quality_mlp;
};

[[nodiscard]] SamDecoder take_sam_decoder(Parameters& parameters, const SamConfig& config);

/// What prompts without a mask share of a picture: computed once. HW = grid * grid.
struct SamImage {
  at::Tensor embedding;  ///< (1,channels,grid,grid)
  at::Tensor positions;  ///< (1,HW,channels)
  at::Tensor keys;    ///< (1,HW,channels): the embedding of the picture and of there being no mask
  at::Tensor placed;  ///< keys + positions
  /// The first layer's projections of them.
  at::Tensor to_image_k, to_image_v;  ///< (1,HW,channels/2)
  at::Tensor to_tokens_q;             ///< (1,HW,channels/2)
};

/// embedding, positions: (1,channels,grid,grid); no_mask: (1,channels).
[[nodiscard]] SamImage share_image(const SamDecoder& decoder, const at::Tensor& embedding,
                                   const at::Tensor& positions, const at::Tensor& no_mask);

/// What the transformer makes of prompts: qualities at once, masks of those that are worth it.
struct SamAnswers {
  at::Tensor quality;  ///< (P,kSamMasks) float32: predicted intersection over union
  at::Tensor tokens;   ///< (P,kSamMasks,channels)
  at::Tensor keys;     ///< (P,HW,channels)
};

/// sparse: (P,n,channels). dense: (P,channels,grid,grid) of mask prompts, or undefined. `stage`
/// gets dec_q0, dec_k0, dec_q1, dec_k1 and dec_hs.
[[nodiscard]] SamAnswers answer(const SamDecoder& decoder, const SamImage& image,
                                const at::Tensor& sparse, const at::Tensor& dense,
                                const StageFn& stage = {});

/// Logits (P,kSamMasks,4*grid,4*grid) float32. `stage` gets dec_upscaled.
[[nodiscard]] at::Tensor draw_masks(const SamDecoder& decoder, const SamAnswers& answers,
                                    const StageFn& stage = {});

}  // namespace sam6d::nets
