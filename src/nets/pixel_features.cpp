#include "nets/pixel_features.hpp"

#include <array>
#include <vector>

#include <ATen/ops/arange.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/conv_transpose2d.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/tensor.h>

namespace sam6d::nets {
namespace {

constexpr std::array<float, 3> kMean = {0.485F, 0.456F, 0.406F};
constexpr std::array<float, 3> kDeviation = {0.229F, 0.224F, 0.225F};
constexpr std::int64_t kPatches = kPemImageSize / kPemPatchSize;  ///< a side
constexpr std::int64_t kCells = 4;                                ///< a patch's side
constexpr std::int64_t kSide = kPatches * kCells;
constexpr float kCellsAPixel = static_cast<float>(kSide) / static_cast<float>(kPemImageSize);
constexpr double kNorm2dEpsilon = 1e-6;

at::Tensor upscaled(const Deconvolution& layers, const at::Tensor& patches) {
  at::Tensor x = at::conv_transpose2d(patches, layers.weight1, layers.bias1, 2);
  x = apply(layers.norm, x.permute({0, 2, 3, 1})).permute({0, 3, 1, 2});
  return at::conv_transpose2d(at::gelu(x), layers.weight2, layers.bias2, 2);
}

/// Index of the cell in row y, column x of the picture.
at::Tensor cell_index(const FeatureGrid& grid, const at::Tensor& y, const at::Tensor& x) {
  if (!grid.by_patch) return y.mul(kSide).add(x);
  const auto patch = [](const at::Tensor& v) { return v.div(kCells, "floor"); };
  const auto inside = [](const at::Tensor& v) { return v.remainder(kCells); };
  return patch(y)
      .mul(kPatches)
      .add(patch(x))
      .mul(kCells * kCells)
      .add(inside(y).mul(kCells))
      .add(inside(x));
}

/// The cells next to a pixel, along one side of the picture.
struct Neighbours {
  at::Tensor low, high;  ///< int64
  at::Tensor share;      ///< of `high`
};

Neighbours neighbours(const at::Tensor& pixel) {
  const at::Tensor position =
      pixel.to(at::kFloat).add(0.5).mul(kCellsAPixel).sub(0.5).clamp_min(0.0);
  const at::Tensor low = position.floor();
  const at::Tensor index = low.to(at::kLong);
  return {index, index.add(1).clamp_max(kSide - 1), position.sub(low)};
}

}  // namespace

PixelFeatures take_pixel_features(Parameters& parameters, const std::string& prefix,
                                  const PemConfig::Vit& config) {
  PixelFeatures network;
  network.vit = take_vit(parameters, prefix + "vit.",
                         {kPemImageSize, kPemPatchSize, config.width, config.depth, config.heads});
  network.pyramid = config.pyramid;
  network.upscaling = config.upscaling;
  network.channels = config.out_channels;
  const std::int64_t width = config.width * (config.pyramid ? 4 : 1);
  const std::int64_t out = config.out_channels;
  const std::string name = prefix + "output_upscaling";
  if (config.upscaling == PemConfig::Upscaling::kLinear) {
    network.linear = take_linear(parameters, name, width, kCells * kCells * out);
    return network;
  }
  Deconvolution& layers = network.deconvolution;
  layers.weight1 = parameters.take(name + ".0.weight", {width, 2 * out, 2, 2});
  layers.bias1 = parameters.take(name + ".0.bias", {2 * out});
  layers.norm = take_layer_norm(parameters, name + ".1", 2 * out, kNorm2dEpsilon);
  layers.weight2 = parameters.take(name + ".3.weight", {2 * out, out, 2, 2});
  layers.bias2 = parameters.take(name + ".3.bias", {out});
  return network;
}

at::Tensor normalised_images(const at::Tensor& rgb_u8) {
  const auto constant = [&](const std::array<float, 3>& values) {
    return at::tensor(values, at::kFloat).to(rgb_u8.device()).reshape({1, 3, 1, 1});
  };
  return rgb_u8.permute({0, 3, 1, 2})
      .to(at::kFloat)
      .div(255.0)
      .sub(constant(kMean))
      .div(constant(kDeviation));
}

FeatureGrid feature_grid(const PixelFeatures& network, const at::Tensor& images) {
  const std::vector<at::Tensor> taps = tapped_tokens(network.vit, images);
  FeatureGrid grid;
  grid.class_token = taps.back().select(1, 0);
  std::vector<at::Tensor> patches;
  for (const at::Tensor& tap : taps) {
    if (network.pyramid || &tap == &taps.back()) {
      patches.push_back(tap.narrow(1, 1, tap.size(1) - 1));
    }
  }
  const at::Tensor tokens = at::cat(patches, 2);
  const std::int64_t batch = tokens.size(0);
  if (network.upscaling == PemConfig::Upscaling::kLinear) {
    grid.by_patch = true;
    grid.cells = apply(network.linear, tokens).reshape({batch, kSide * kSide, network.channels});
  } else {
    const at::Tensor maps = tokens.transpose(1, 2).reshape({batch, -1, kPatches, kPatches});
    grid.cells = upscaled(network.deconvolution, maps).flatten(2).transpose(1, 2);
  }
  return grid;
}

at::Tensor features_at(const FeatureGrid& grid, const at::Tensor& choose) {
  const Neighbours rows = neighbours(choose.div(kPemImageSize, "floor"));
  const Neighbours columns = neighbours(choose.remainder(kPemImageSize));
  const std::int64_t batch = grid.cells.size(0);
  const std::int64_t count = grid.cells.size(1);
  const at::Tensor rows_of_cells = grid.cells.reshape({batch * count, -1});
  const at::Tensor first = at::arange(batch, choose.options()).mul(count).unsqueeze(1);
  const auto cells = [&](const at::Tensor& y, const at::Tensor& x) {
    return rows_of_cells.index_select(0, cell_index(grid, y, x).add(first).flatten())
        .reshape({batch, choose.size(1), -1});
  };
  const auto along_row = [&](const at::Tensor& y) {
    return cells(y, columns.low)
        .lerp(cells(y, columns.high), columns.share.unsqueeze(2).to(grid.cells.scalar_type()));
  };
  return along_row(rows.low).lerp(along_row(rows.high),
                                  rows.share.unsqueeze(2).to(grid.cells.scalar_type()));
}

}  // namespace sam6d::nets
