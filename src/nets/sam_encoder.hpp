#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/layers.hpp"
#include "nets/sam_config.hpp"
#include "nets/stage.hpp"

namespace sam6d::nets {

struct SamBlock {
  LayerNorm norm1;
  Linear qkv;
  at::Tensor rows;     ///< (2*side-1,width/heads): of relative positions along a column
  at::Tensor columns;  ///< the same along a row
  Linear projection;
  LayerNorm norm2;
  Linear expand;
  Linear squeeze;
  std::int64_t window = 0;  ///< side, tokens; 0 = attention over the whole picture
};

/// SAM's image encoder: a vision transformer most of whose blocks look at windows of 14 x 14
/// patches (Kirillov et al. 2023, section A; Li et al., "Exploring Plain Vision Transformer
/// Backbones").
struct SamEncoder {
  std::int64_t patch_size = 16;
  std::int64_t heads = 16;
  Linear patches;        ///< of a patch's pixels: channel, row, column
  at::Tensor positions;  ///< (1,grid,grid,width)
  std::vector<SamBlock> blocks;
  at::Tensor reduction;  ///< (channels,width)
  LayerNorm norm1;       ///< over the channels of a place
  at::Tensor smoothing;  ///< (channels,channels,3,3)
  LayerNorm norm2;
};

[[nodiscard]] SamEncoder take_sam_encoder(Parameters& parameters, const SamConfig& config);

/// input: (B,3,S,S), normalised and padded with zeros on the right and below, in the type of the
/// weights. Returns the embedding (B,channels,grid,grid). `stage` gets enc_tokens and enc_block*;
/// `after_block` is called with the number of blocks that are done, and may throw to stop.
[[nodiscard]] at::Tensor encode(const SamEncoder& encoder, const at::Tensor& input,
                                const StageFn& stage = {},
                                const std::function<void(std::int64_t)>& after_block = {});

}  // namespace sam6d::nets
