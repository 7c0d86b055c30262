#pragma once

#include <cstdint>

namespace sam6d::nets {

/// Sizes of the pose estimation model (SAM-6D, Lin et al. 2024, section 3.2 and supplement); the
/// defaults are those of the published weights.
struct PemConfig {
  enum class Upscaling { kLinear, kDeconv };
  enum class Reduction { kMax, kMean };
  enum class Similarity { kCosine, kL2 };

  struct Vit {
    std::int64_t width = 768;
    std::int64_t depth = 12;
    std::int64_t heads = 12;
    bool pyramid = true;  ///< four taps instead of the last block's output
    Upscaling upscaling = Upscaling::kLinear;
    std::int64_t out_channels = 256;
  } vit;

  std::int64_t coarse_points = 196;
  std::int64_t fine_points = 2048;
  std::int64_t channels = 256;  ///< of all tokens in the matching
  std::int64_t heads = 4;

  float sigma_d = 0.2F;   ///< distance of one unit of the sinusoids, in radii of the object
  float sigma_a = 15.0F;  ///< angle of one unit, degrees
  std::int64_t angle_neighbours = 3;
  Reduction angle_reduction = Reduction::kMax;

  std::int64_t coarse_blocks = 3;
  std::int64_t hypotheses = 6000;
  std::int64_t kept_hypotheses = 300;

  std::int64_t fine_blocks = 3;
  float encoding_radius1 = 0.1F;  ///< of the positional encoding's neighbourhoods, in radii
  float encoding_radius2 = 0.2F;
  float focusing_factor = 3.0F;

  Similarity similarity = Similarity::kCosine;
  float temperature = 0.1F;

  /// Throws Error(kInvalidArgument) that names the field.
  void validate() const;
};

/// The image that the feature extractor takes, and its patches, in pixels.
inline constexpr std::int64_t kPemImageSize = 224;
inline constexpr std::int64_t kPemPatchSize = 16;

}  // namespace sam6d::nets
