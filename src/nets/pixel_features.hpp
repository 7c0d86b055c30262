#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "nets/pem_config.hpp"
#include "nets/vit.hpp"

namespace sam6d::nets {

/// LayerNorm over the channels of (B,C,H,W).
struct Deconvolution {
  at::Tensor weight1, bias1;  ///< 2 x 2, stride 2
  LayerNorm norm;
  at::Tensor weight2, bias2;  ///< 2 x 2, stride 2
};

/// Features of pixels: a vision transformer whose patches are scaled up by 4 and then, by bilinear
/// interpolation, by 4 again (SAM-6D, Lin et al. 2024, section 3.2, "feature extraction").
struct PixelFeatures {
  Vit vit;
  bool pyramid = true;
  PemConfig::Upscaling upscaling = PemConfig::Upscaling::kLinear;
  std::int64_t channels = 256;
  Linear linear;                ///< of kLinear
  Deconvolution deconvolution;  ///< of kDeconv
};

[[nodiscard]] PixelFeatures take_pixel_features(Parameters& parameters, const std::string& prefix,
                                                const PemConfig::Vit& config);

/// Channels as they are fed, normalised with the mean and deviation that the first three of them
/// have in ImageNet's red, green, blue. rgb_u8: (B,H,W,3). Returns (B,3,H,W) float32.
[[nodiscard]] at::Tensor normalised_images(const at::Tensor& rgb_u8);

/// The features before the last interpolation, in whatever order suits the upscaling.
struct FeatureGrid {
  at::Tensor cells;        ///< (B,56*56,C)
  at::Tensor class_token;  ///< (B,width) of the deepest tap
  bool by_patch = false;   ///< cells of a patch lie together, else rows of cells do
};

/// images: (B,3,224,224), normalised.
[[nodiscard]] FeatureGrid feature_grid(const PixelFeatures& network, const at::Tensor& images);

/// choose: (B,n) int64, pixels row * 224 + column. Returns (B,n,C) in the type of the features: the
/// bilinear interpolation (half-pixel centres, edges clamped) at these pixels alone.
[[nodiscard]] at::Tensor features_at(const FeatureGrid& grid, const at::Tensor& choose);

}  // namespace sam6d::nets
