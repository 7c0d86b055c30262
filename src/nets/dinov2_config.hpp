#pragma once

#include <cstdint>
#include <string_view>

#include "sam6d/weights.hpp"

namespace sam6d::nets {

/// Side of a patch, px; all published weights have the same.
inline constexpr std::int64_t kDinov2Patch = 14;

/// Sizes of a DINOv2 network (Oquab et al. 2024, https://arxiv.org/abs/2304.07193).
struct Dinov2Config {
  // 0 = as the weights' tensors say; those of ViT-L/14 for synthetic weights.
  std::int64_t width = 0;
  std::int64_t depth = 0;
  std::int64_t heads = 0;       ///< 0 = one for 64 channels
  std::int64_t image_size = 0;  ///< of the position table, px
  bool gated = false;  ///< SwiGLU in the blocks, as in ViT-g/14; true if the weights say so

  /// Channels between the two layers of a block's perceptron.
  [[nodiscard]] std::int64_t hidden() const;
};

/// Keys are the fields' names. Throws Error(kInvalidArgument) that names the key.
[[nodiscard]] Dinov2Config dinov2_config_from_json(std::string_view text);

/// The configuration without zeros. Throws Error(kInvalidArgument) for sizes that no network can
/// have, Error(kBadWeights) for weights with register tokens, whose position table works
/// differently.
[[nodiscard]] Dinov2Config completed(const Dinov2Config& config, const Weights& weights);

}  // namespace sam6d::nets
