#include "nets/vit.hpp"

#include <algorithm>
#include <array>

#include <ATen/ops/cat.h>
#include <ATen/ops/gelu.h>

namespace sam6d::nets {
namespace {

constexpr double kNormEpsilon = 1e-6;
constexpr std::int64_t kMlpRatio = 4;
constexpr std::int64_t kChannels = 3;

VitBlock take_block(Parameters& parameters, const std::string& prefix, std::int64_t width) {
  VitBlock block;
  block.norm1 = take_layer_norm(parameters, prefix + "norm1", width, kNormEpsilon);
  block.qkv = take_linear(parameters, prefix + "attn.qkv", width, 3 * width);
  block.projection = take_linear(parameters, prefix + "attn.proj", width, width);
  block.norm2 = take_layer_norm(parameters, prefix + "norm2", width, kNormEpsilon);
  block.expand = take_linear(parameters, prefix + "mlp.fc1", width, kMlpRatio * width);
  block.squeeze = take_linear(parameters, prefix + "mlp.fc2", kMlpRatio * width, width);
  return block;
}

}  // namespace

Vit take_vit(Parameters& parameters, const std::string& prefix, const VitSizes& sizes) {
  const std::int64_t side = sizes.image_size / sizes.patch_size;
  Vit vit;
  vit.patch_size = sizes.patch_size;
  vit.heads = sizes.heads;
  vit.class_token = parameters.take(prefix + "cls_token", {1, 1, sizes.width});
  vit.position_table = parameters.take(prefix + "pos_embed", {1, 1 + side * side, sizes.width});
  vit.patches.weight =
      parameters.take(prefix + "patch_embed.proj.weight",
                      {sizes.width, kChannels, sizes.patch_size, sizes.patch_size});
  vit.patches.bias = parameters.take(prefix + "patch_embed.proj.bias", {sizes.width});
  if (vit.patches.weight.defined()) vit.patches.weight = vit.patches.weight.flatten(1);
  for (std::int64_t i = 0; i < sizes.depth; ++i) {
    vit.blocks.push_back(
        take_block(parameters, prefix + "blocks." + std::to_string(i) + ".", sizes.width));
  }
  vit.norm = take_layer_norm(parameters, prefix + "norm", sizes.width, kNormEpsilon);
  parameters.ignore(prefix + "head.weight", {1000, sizes.width});
  parameters.ignore(prefix + "head.bias", {1000});
  return vit;
}

at::Tensor embed_patches(const Vit& vit, const at::Tensor& images) {
  const std::int64_t batch = images.size(0);
  const std::int64_t size = vit.patch_size;
  const std::int64_t rows = images.size(2) / size;
  const std::int64_t columns = images.size(3) / size;
  const at::Tensor pixels = images.reshape({batch, kChannels, rows, size, columns, size})
                                .permute({0, 2, 4, 1, 3, 5})
                                .reshape({batch, rows * columns, kChannels * size * size});
  const at::Tensor tokens =
      at::cat({vit.class_token.expand({batch, 1, -1}), apply(vit.patches, pixels)}, 1);
  return tokens.add(vit.position_table);
}

at::Tensor apply(const VitBlock& block, const at::Tensor& tokens, std::int64_t heads) {
  const std::vector<at::Tensor> qkv = apply(block.qkv, apply(block.norm1, tokens)).chunk(3, 2);
  const at::Tensor attended =
      apply(block.projection, attend(qkv[0], qkv[1], qkv[2], heads)).add_(tokens);
  at::Tensor hidden = apply(block.expand, apply(block.norm2, attended));
  return apply(block.squeeze, at::gelu_(hidden)).add_(attended);
}

std::vector<at::Tensor> tapped_tokens(const Vit& vit, const at::Tensor& images) {
  const auto depth = static_cast<std::int64_t>(vit.blocks.size());
  const std::int64_t step = depth / 4;
  const std::array<std::int64_t, 4> taps = {depth - 3 * step - 1, depth - 2 * step - 1,
                                            depth - step - 1, depth - 1};
  std::vector<at::Tensor> tapped;
  at::Tensor tokens = embed_patches(vit, images);
  for (std::int64_t i = 0; i < depth; ++i) {
    tokens = apply(vit.blocks[static_cast<std::size_t>(i)], tokens, vit.heads);
    if (std::ranges::find(taps, i) != taps.end()) tapped.push_back(apply(vit.norm, tokens));
  }
  return tapped;
}

}  // namespace sam6d::nets
