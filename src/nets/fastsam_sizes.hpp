#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "sam6d/weights.hpp"

namespace sam6d::nets {

/// Sizes of a YOLOv8 segmentation network; the defaults are those of FastSAM-x.
struct FastSamSizes {
  /// Of the maps at 1/2, 1/4, 1/8, 1/16 and 1/32 of the picture's size.
  std::array<std::int64_t, 5> channels = {80, 160, 320, 640, 640};
  std::int64_t short_blocks = 3;  ///< bottlenecks at 1/4 and 1/32, and in the neck
  std::int64_t long_blocks = 6;   ///< at 1/8 and 1/16
};

/// The family's sizes: channels 64, 128, 256, 512, 1024, at most `max_channels`, times `width`, up
/// to the next multiple of 8; 3 and 6 blocks times `depth`. Published are (width, depth,
/// max_channels) n (0.25, 0.33, 1024), s (0.5, 0.33, 1024), m (0.75, 0.67, 768), l (1, 1, 512) and
/// x (1.25, 1, 512). Throws Error(kInvalidArgument) for what is not positive or past any use.
[[nodiscard]] FastSamSizes fastsam_sizes(double width, double depth, std::int64_t max_channels);

/// Of a JSON object {"width", "depth", "max_channels"}; what is not named is as in FastSAM-x.
/// Throws Error(kInvalidArgument) also for unknown keys and values of another type.
[[nodiscard]] FastSamSizes fastsam_sizes_from_json(std::string_view text);

/// What the shapes of the weights' tensors say; the defaults where a formula makes them. Throws
/// Error(kBadWeights) for a tensor that is missing or has no shape of such a network's.
[[nodiscard]] FastSamSizes fastsam_sizes_of(const Weights& weights);

}  // namespace sam6d::nets
