#include "nets/fastsam_sizes.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/fail.hpp"
#include "nets/config_json.hpp"
#include "nets/stored_shapes.hpp"

namespace sam6d::nets {
namespace {

constexpr std::int64_t kChannelsMultiple = 8;
constexpr std::array<double, 5> kFamilyChannels = {64, 128, 256, 512, 1024};
constexpr double kFamilyShortBlocks = 3;
constexpr double kFamilyLongBlocks = 6;
/// No published network comes near; a mistyped size must not ask for terabytes.
constexpr double kMostWidth = 16;
constexpr double kMostDepth = 16;
constexpr std::int64_t kMostChannels = 1 << 14;
/// Where the backbone's five convolutions of stride 2 stand among the layers.
constexpr std::array<int, 5> kDownLayers = {0, 1, 3, 5, 7};
constexpr int kShortLayer = 2;
constexpr int kLongLayer = 4;

void expect_within(std::string_view field, double value, double most) {
  if (value > 0 && value <= most) return;
  fail(ErrorCode::kInvalidArgument,
       "fastsam config: {}: expected a positive number of at most {}, found {}", field, most,
       value);
}

}  // namespace

FastSamSizes fastsam_sizes(double width, double depth, std::int64_t max_channels) {
  expect_within("width", width, kMostWidth);
  expect_within("depth", depth, kMostDepth);
  expect_within("max_channels", static_cast<double>(max_channels), kMostChannels);
  FastSamSizes sizes;
  for (std::size_t i = 0; i < sizes.channels.size(); ++i) {
    const double channels = std::min(kFamilyChannels[i], static_cast<double>(max_channels)) * width;
    sizes.channels[i] =
        static_cast<std::int64_t>(std::ceil(channels / kChannelsMultiple)) * kChannelsMultiple;
  }
  const auto blocks = [&](double count) {
    return std::max<std::int64_t>(1, std::lrint(count * depth));
  };
  sizes.short_blocks = blocks(kFamilyShortBlocks);
  sizes.long_blocks = blocks(kFamilyLongBlocks);
  return sizes;
}

FastSamSizes fastsam_sizes_from_json(std::string_view text) {
  float width = 1.25F;
  float depth = 1.0F;
  std::int64_t max_channels = 512;
  read_config(
      "fastsam config", text,
      {{"width", into(width)}, {"depth", into(depth)}, {"max_channels", into(max_channels)}});
  return fastsam_sizes(width, depth, max_channels);
}

FastSamSizes fastsam_sizes_of(const Weights& weights) {
  FastSamSizes sizes;
  const auto convolution = [](int layer) { return fmt::format("model.{}.conv.weight", layer); };
  const StoredShapes shapes(weights, convolution(kDownLayers[0]));
  if (shapes.empty()) return sizes;
  for (std::size_t i = 0; i < sizes.channels.size(); ++i) {
    sizes.channels[i] = shapes.side(convolution(kDownLayers[i]), 0);
    if (sizes.channels[i] <= 0 || sizes.channels[i] > kMostChannels || sizes.channels[i] % 2 != 0) {
      fail(ErrorCode::kBadWeights,
           "{}: tensor {}: expected an even number of channels, at most {}, found {}",
           weights.source(), convolution(kDownLayers[i]), kMostChannels, sizes.channels[i]);
    }
  }
  const auto blocks = [&](int layer) {
    return shapes.count(fmt::format("model.{}.m.", layer), ".cv1.conv.weight");
  };
  sizes.short_blocks = blocks(kShortLayer);
  sizes.long_blocks = blocks(kLongLayer);
  return sizes;
}

}  // namespace sam6d::nets
