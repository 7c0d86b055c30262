#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/layers.hpp"

/// Vision transformer (Dosovitskiy et al. 2021, https://arxiv.org/abs/2010.11929) with the names of
/// timm's weights.
namespace sam6d::nets {

struct VitBlock {
  LayerNorm norm1;
  Linear qkv;
  Linear projection;
  LayerNorm norm2;
  Linear expand;
  Linear squeeze;
};

struct Vit {
  std::int64_t patch_size = 16;
  std::int64_t heads = 12;
  at::Tensor class_token;     ///< (1,1,width)
  at::Tensor position_table;  ///< (1,1+patches,width)
  Linear patches;             ///< of a patch's pixels: channel, row, column
  std::vector<VitBlock> blocks;
  LayerNorm norm;
};

struct VitSizes {
  std::int64_t image_size = 224;
  std::int64_t patch_size = 16;
  std::int64_t width = 768;
  std::int64_t depth = 12;
  std::int64_t heads = 12;
};

/// Tensors `prefix`cls_token, `prefix`blocks.0.norm1.weight, ...; a classification head is ignored.
[[nodiscard]] Vit take_vit(Parameters& parameters, const std::string& prefix,
                           const VitSizes& sizes);

/// images: (B,3,H,W), normalised, in the type of the weights. Returns (B,1+patches,width): class
/// token, then patches in row-major order.
[[nodiscard]] at::Tensor embed_patches(const Vit& vit, const at::Tensor& images);

[[nodiscard]] at::Tensor apply(const VitBlock& block, const at::Tensor& tokens, std::int64_t heads);

/// Normalised tokens after four blocks that are spread evenly, the deepest one last.
[[nodiscard]] std::vector<at::Tensor> tapped_tokens(const Vit& vit, const at::Tensor& images);

}  // namespace sam6d::nets
