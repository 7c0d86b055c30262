#include "nets/sam_prompts.hpp"

#include <numbers>
#include <string>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv2d.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/where.h>
#include <ATen/ops/zeros.h>

namespace sam6d::nets {
namespace {

constexpr double kNormEpsilon = 1e-6;

/// places: (...,2) in 0..1 of the picture's width and height. Returns (...,channels).
at::Tensor encode_places(const SamPromptEncoder& encoder, const at::Tensor& places) {
  const at::Tensor phases = at::matmul(places.mul(2).sub(1), encoder.frequencies)
                                .mul(static_cast<float>(2 * std::numbers::pi));
  return at::cat({phases.sin(), phases.cos()}, -1);
}

/// points: (...,2) in pixels. Shift and division are done in float64, then rounded, as the original
/// does for its grid of points.
at::Tensor encode_points(const SamPromptEncoder& encoder, const at::Tensor& points) {
  return encode_places(
      encoder,
      points.to(at::kDouble).add(0.5).div(static_cast<double>(encoder.image_size)).to(at::kFloat));
}

at::Tensor embed_points(const SamPromptEncoder& encoder, const SamPrompts& prompts) {
  at::Tensor points = prompts.points.to(at::kDouble);
  at::Tensor labels = prompts.labels.to(at::kLong);
  if (!prompts.boxes.defined()) {
    const std::int64_t count = points.size(0);
    points = at::cat({points, at::zeros({count, 1, 2}, points.options())}, 1);
    labels = at::cat({labels, at::full({count, 1}, kSamNoPoint, labels.options())}, 1);
  }
  const at::Tensor kind = labels.unsqueeze(2);
  const at::Tensor places = encode_points(encoder, points);
  const at::Tensor placed =
      at::where(kind.eq(kSamInside), places.add(encoder.inside), places.add(encoder.outside));
  return at::where(kind.eq(kSamNoPoint), encoder.no_point.expand_as(placed), placed);
}

at::Tensor embed_boxes(const SamPromptEncoder& encoder, const at::Tensor& boxes) {
  const at::Tensor corners = encode_points(encoder, boxes.reshape({-1, 2, 2}));
  return corners.add(at::stack({encoder.first_corner[0], encoder.second_corner[0]}));
}

/// Over the channels of each place.
at::Tensor normalised(const LayerNorm& norm, const at::Tensor& maps) {
  return apply(norm, maps.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
}

at::Tensor embed_masks(const SamPromptEncoder& encoder, const at::Tensor& masks) {
  at::Tensor x = at::conv2d(masks.to(at::kFloat), encoder.mask_weight1, encoder.mask_bias1, 2);
  x = at::gelu(normalised(encoder.mask_norm1, x));
  x = at::conv2d(x, encoder.mask_weight2, encoder.mask_bias2, 2);
  x = at::gelu(normalised(encoder.mask_norm2, x));
  return at::conv2d(x, encoder.mask_weight3, encoder.mask_bias3);
}

}  // namespace

SamPromptEncoder take_sam_prompts(Parameters& parameters, const SamConfig& config) {
  return parameters.in_float32([&] {
    const std::string prefix = "prompt_encoder.";
    const std::int64_t channels = config.channels;
    const std::int64_t inner = config.mask_channels;
    SamPromptEncoder encoder;
    encoder.image_size = config.image_size;
    encoder.grid = config.grid();
    encoder.frequencies =
        parameters.take(prefix + "pe_layer.positional_encoding_gaussian_matrix", {2, channels / 2});
    const auto embedding = [&](const std::string& name) {
      return parameters.take(prefix + name + ".weight", {1, channels});
    };
    encoder.outside = embedding("point_embeddings.0");
    encoder.inside = embedding("point_embeddings.1");
    encoder.first_corner = embedding("point_embeddings.2");
    encoder.second_corner = embedding("point_embeddings.3");
    encoder.no_point = embedding("not_a_point_embed");
    encoder.no_mask = embedding("no_mask_embed");
    const std::string masks = prefix + "mask_downscaling.";
    encoder.mask_weight1 = parameters.take(masks + "0.weight", {inner / 4, 1, 2, 2});
    encoder.mask_bias1 = parameters.take(masks + "0.bias", {inner / 4});
    encoder.mask_norm1 = take_layer_norm(parameters, masks + "1", inner / 4, kNormEpsilon);
    encoder.mask_weight2 = parameters.take(masks + "3.weight", {inner, inner / 4, 2, 2});
    encoder.mask_bias2 = parameters.take(masks + "3.bias", {inner});
    encoder.mask_norm2 = take_layer_norm(parameters, masks + "4", inner, kNormEpsilon);
    encoder.mask_weight3 = parameters.take(masks + "6.weight", {channels, inner, 1, 1});
    encoder.mask_bias3 = parameters.take(masks + "6.bias", {channels});
    return encoder;
  });
}

at::Tensor image_positions(const SamPromptEncoder& encoder) {
  const std::int64_t grid = encoder.grid;
  const at::Tensor centres =
      at::arange(grid, encoder.frequencies.options()).add(0.5).div(static_cast<double>(grid));
  const at::Tensor x = centres.unsqueeze(0).expand({grid, grid});
  const at::Tensor y = centres.unsqueeze(1).expand({grid, grid});
  return encode_places(encoder, at::stack({x, y}, 2)).permute({2, 0, 1}).unsqueeze(0).contiguous();
}

SamPromptTokens embed_prompts(const SamPromptEncoder& encoder, const SamPrompts& prompts) {
  std::vector<at::Tensor> sparse;
  if (prompts.points.defined()) sparse.push_back(embed_points(encoder, prompts));
  if (prompts.boxes.defined()) sparse.push_back(embed_boxes(encoder, prompts.boxes));
  SamPromptTokens tokens;
  const std::int64_t channels = encoder.no_mask.size(1);
  tokens.sparse = sparse.empty()
                      ? at::empty({prompts.masks.size(0), 0, channels}, encoder.no_mask.options())
                      : at::cat(sparse, 1);
  tokens.dense = prompts.masks.defined() ? embed_masks(encoder, prompts.masks)
                                         : encoder.no_mask.reshape({1, channels, 1, 1})
                                               .expand({1, channels, encoder.grid, encoder.grid});
  return tokens;
}

}  // namespace sam6d::nets
