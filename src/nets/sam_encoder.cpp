#include "nets/sam_encoder.hpp"

#include <string>

#include <ATen/ops/conv2d.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/linear.h>

#include "nets/relative_attention.hpp"

namespace sam6d::nets {
namespace {

constexpr double kNormEpsilon = 1e-6;
constexpr std::int64_t kMlpRatio = 4;
constexpr std::int64_t kChannels = 3;

SamBlock take_block(Parameters& parameters, const std::string& prefix, const SamConfig& config,
                    std::int64_t window) {
  const std::int64_t width = config.width;
  const std::int64_t side = window > 0 ? window : config.grid();
  SamBlock block;
  block.window = window;
  block.norm1 = take_layer_norm(parameters, prefix + "norm1", width, kNormEpsilon);
  block.qkv = take_linear(parameters, prefix + "attn.qkv", width, 3 * width);
  block.rows = parameters.take(prefix + "attn.rel_pos_h", {2 * side - 1, width / config.heads});
  block.columns = parameters.take(prefix + "attn.rel_pos_w", {2 * side - 1, width / config.heads});
  block.projection = take_linear(parameters, prefix + "attn.proj", width, width);
  block.norm2 = take_layer_norm(parameters, prefix + "norm2", width, kNormEpsilon);
  block.expand = take_linear(parameters, prefix + "mlp.lin1", width, kMlpRatio * width);
  block.squeeze = take_linear(parameters, prefix + "mlp.lin2", kMlpRatio * width, width);
  return block;
}

at::Tensor embed_patches(const SamEncoder& encoder, const at::Tensor& input) {
  const std::int64_t size = encoder.patch_size;
  const std::int64_t rows = input.size(2) / size;
  const std::int64_t columns = input.size(3) / size;
  const at::Tensor pixels = input.reshape({-1, kChannels, rows, size, columns, size})
                                .permute({0, 2, 4, 1, 3, 5})
                                .reshape({-1, rows, columns, kChannels * size * size});
  return apply(encoder.patches, pixels).add_(encoder.positions);
}

/// (B,H,W,c) as (B*windows,side,side,c). Windows that reach over the edge are filled up with
/// `filling` (c).
at::Tensor windows_of(const at::Tensor& grid, std::int64_t side, const at::Tensor& filling) {
  const std::int64_t batch = grid.size(0);
  const std::int64_t rows = (grid.size(1) + side - 1) / side;
  const std::int64_t columns = (grid.size(2) + side - 1) / side;
  at::Tensor padded = grid;
  if (rows * side != grid.size(1) || columns * side != grid.size(2)) {
    padded = filling.expand({batch, rows * side, columns * side, -1})
                 .clone(at::MemoryFormat::Contiguous);
    padded.narrow(1, 0, grid.size(1)).narrow(2, 0, grid.size(2)).copy_(grid);
  }
  return padded.reshape({batch, rows, side, columns, side, -1})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({batch * rows * columns, side, side, -1});
}

/// The way back to (batch,height,width,c).
at::Tensor grid_of(const at::Tensor& windows, std::int64_t batch, std::int64_t height,
                   std::int64_t width) {
  const std::int64_t side = windows.size(1);
  const std::int64_t rows = (height + side - 1) / side;
  const std::int64_t columns = (width + side - 1) / side;
  return windows.reshape({batch, rows, columns, side, side, -1})
      .permute({0, 1, 3, 2, 4, 5})
      .reshape({batch, rows * side, columns * side, -1})
      .narrow(1, 0, height)
      .narrow(2, 0, width);
}

at::Tensor apply(const SamBlock& block, const at::Tensor& tokens, std::int64_t heads) {
  at::Tensor qkv = apply(block.qkv, apply(block.norm1, tokens));
  at::Tensor attended;
  if (block.window > 0) {
    // What lies beyond the edge is zero after the norm, and takes part as the bias that the layer
    // makes of it: keys and values that no token need be multiplied for.
    qkv = windows_of(qkv, block.window, block.qkv.bias);
    attended = grid_of(attend_on_grid(qkv, block.rows, block.columns, heads), tokens.size(0),
                       tokens.size(1), tokens.size(2));
  } else {
    attended = attend_on_grid(qkv, block.rows, block.columns, heads);
  }
  const at::Tensor seen = apply(block.projection, attended).add_(tokens);
  at::Tensor hidden = apply(block.expand, apply(block.norm2, seen));
  return apply(block.squeeze, at::gelu_(hidden)).add_(seen);
}

}  // namespace

SamEncoder take_sam_encoder(Parameters& parameters, const SamConfig& config) {
  const std::string prefix = "image_encoder.";
  const std::int64_t grid = config.grid();
  SamEncoder encoder;
  encoder.patch_size = config.patch_size;
  encoder.heads = config.heads;
  encoder.positions = parameters.take(prefix + "pos_embed", {1, grid, grid, config.width});
  encoder.patches.weight =
      parameters.take(prefix + "patch_embed.proj.weight",
                      {config.width, kChannels, config.patch_size, config.patch_size});
  encoder.patches.bias = parameters.take(prefix + "patch_embed.proj.bias", {config.width});
  if (encoder.patches.weight.defined()) encoder.patches.weight = encoder.patches.weight.flatten(1);
  for (std::int64_t i = 0; i < config.depth; ++i) {
    encoder.blocks.push_back(take_block(parameters, prefix + "blocks." + std::to_string(i) + ".",
                                        config, config.is_global(i) ? 0 : config.window));
  }
  const std::int64_t channels = config.channels;
  encoder.reduction = parameters.take(prefix + "neck.0.weight", {channels, config.width, 1, 1});
  if (encoder.reduction.defined()) encoder.reduction = encoder.reduction.flatten(1);
  encoder.norm1 = take_layer_norm(parameters, prefix + "neck.1", channels, kNormEpsilon);
  encoder.smoothing = parameters.take(prefix + "neck.2.weight", {channels, channels, 3, 3});
  encoder.norm2 = take_layer_norm(parameters, prefix + "neck.3", channels, kNormEpsilon);
  return encoder;
}

at::Tensor encode(const SamEncoder& encoder, const at::Tensor& input, const StageFn& stage,
                  const std::function<void(std::int64_t)>& after_block) {
  at::Tensor tokens = embed_patches(encoder, input);
  if (stage) stage("enc_tokens", tokens);
  std::int64_t done = 0;
  for (const SamBlock& block : encoder.blocks) {
    tokens = apply(block, tokens, encoder.heads);
    if (stage) stage("enc_block" + std::to_string(done), tokens);
    ++done;
    if (after_block) after_block(done);
  }
  const at::Tensor reduced = apply(encoder.norm1, at::linear(tokens, encoder.reduction));
  const at::Tensor smoothed =
      at::conv2d(reduced.permute({0, 3, 1, 2}), encoder.smoothing, {}, 1, 1);
  return apply(encoder.norm2, smoothed.permute({0, 2, 3, 1})).permute({0, 3, 1, 2}).contiguous();
}

}  // namespace sam6d::nets
