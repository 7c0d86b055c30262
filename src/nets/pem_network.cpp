#include "nets/pem_network.hpp"

#include <ATen/ops/cat.h>
#include <ATen/ops/full.h>
#include <ATen/ops/where.h>

#include "nets/point_encoding.hpp"

namespace sam6d::nets {
namespace {

/// Widths of the point encoding, and how many neighbours it looks at.
constexpr std::int64_t kEncodingInput = 6;
constexpr std::int64_t kEncodingWidths[] = {32, 64, 128};
constexpr std::int64_t kEncodingOutput = 2 * 128;
constexpr std::int64_t kSamples1 = 32;
constexpr std::int64_t kSamples2 = 64;
/// Coordinates of the background among points whose cloud has radius 1.
constexpr double kBackground = 100.0;

ops::SharedMlp take_mlp(Parameters& parameters, const std::string& prefix) {
  ops::SharedMlp mlp;
  std::int64_t in = kEncodingInput;
  for (const std::int64_t out : kEncodingWidths) {
    const std::string layer = prefix + "layer" + std::to_string(mlp.size()) + ".";
    const std::string norm = layer + "normlayer.bn.";
    const at::Tensor weight = parameters.take(layer + "conv.weight", {out, in, 1, 1});
    const at::Tensor norm_weight = parameters.take(norm + "weight", {out});
    const at::Tensor norm_bias = parameters.take(norm + "bias", {out});
    const at::Tensor mean = parameters.take(norm + "running_mean", {out});
    const at::Tensor variance = parameters.take(norm + "running_var", {out});
    parameters.ignore(norm + "num_batches_tracked", {});
    mlp.push_back(weight.defined()
                      ? ops::folded_layer(weight, norm_weight, norm_bias, mean, variance)
                      : ops::SharedMlpLayer{});
    in = out;
  }
  return mlp;
}

PointEncoding take_encoding(Parameters& parameters, const std::string& prefix,
                            const PemConfig& config) {
  PointEncoding encoding;
  encoding.radius1 = config.encoding_radius1;
  encoding.radius2 = config.encoding_radius2;
  const auto mlp = [&](const char* name) {
    return parameters.in_float32([&] { return take_mlp(parameters, prefix + name); });
  };
  encoding.mlp1 = mlp("mlp1.");
  encoding.mlp2 = mlp("mlp2.");
  encoding.output.weight =
      parameters.take(prefix + "mlp3.conv.weight", {config.channels, kEncodingOutput, 1});
  encoding.output.bias = parameters.take(prefix + "mlp3.conv.bias", {config.channels});
  if (encoding.output.weight.defined()) {
    encoding.output.weight = encoding.output.weight.squeeze(2);
  }
  return encoding;
}

}  // namespace

PemNetwork take_pem(Parameters& parameters, const PemConfig& config) {
  const std::int64_t channels = config.channels;
  PemNetwork network;
  network.config = config;
  network.features = take_pixel_features(parameters, "feature_extraction.rgb_net.", config.vit);
  network.embedding = take_geometric_embedding(parameters, "geo_embedding.", config);
  const auto take_ends = [&](auto& matching, const std::string& prefix) {
    matching.background = parameters.take(prefix + "bg_token", {1, 1, channels});
    matching.input = take_linear(parameters, prefix + "in_proj", config.vit.out_channels, channels);
    matching.output = take_linear(parameters, prefix + "out_proj", channels, channels);
  };
  const auto block = [](const std::string& prefix, std::int64_t i) {
    return prefix + "transformers." + std::to_string(i) + ".";
  };
  const std::string coarse = "coarse_point_matching.";
  take_ends(network.coarse, coarse);
  for (std::int64_t i = 0; i < config.coarse_blocks; ++i) {
    network.coarse.blocks.push_back(take_geometric_block(parameters, block(coarse, i), channels));
  }
  const std::string fine = "fine_point_matching.";
  take_ends(network.fine, fine);
  network.fine.encoding = take_encoding(parameters, fine + "PE.", config);
  for (std::int64_t i = 0; i < config.fine_blocks; ++i) {
    network.fine.blocks.push_back(
        {take_geometric_block(parameters, block(fine, i) + "sparse_layer.", channels),
         take_linear_layer(parameters, block(fine, i) + "dense_layer.", channels)});
  }
  return network;
}

at::Tensor encode_points(const PointEncoding& encoding, const at::Tensor& points) {
  const at::Tensor pooled =
      at::cat({encode_neighbourhoods(points, encoding.radius1, kSamples1, encoding.mlp1),
               encode_neighbourhoods(points, encoding.radius2, kSamples2, encoding.mlp2)},
              2);
  return apply(encoding.output, pooled.to(encoding.output.weight.scalar_type()));
}

at::Tensor with_background_point(const at::Tensor& points) {
  return at::cat({at::full({points.size(0), 1, 3}, kBackground, points.options()), points}, 1);
}

at::Tensor rows_at(const at::Tensor& x, const at::Tensor& idx) {
  return x.gather(1, idx.to(at::kLong).unsqueeze(2).expand({-1, -1, x.size(2)}));
}

at::Tensor sparse_tokens(const at::Tensor& dense, const at::Tensor& background,
                         const at::Tensor& idx) {
  const at::Tensor shifted = rows_at(dense, idx.sub(1).clamp_min(0));
  return at::cat({background, at::where(idx.eq(0).unsqueeze(2), background, shifted)}, 1);
}

}  // namespace sam6d::nets
