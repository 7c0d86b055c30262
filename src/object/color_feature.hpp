#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace sam6d {

/// A colour split into what shading leaves alone (chroma) and what it changes (luma), in fixed
/// point so that it packs into six bytes.
struct ColorFeature {
  std::int16_t red_green = 0;    ///< (R - G) / (R + G + B + 60), times kChromaScale
  std::int16_t yellow_blue = 0;  ///< ((R + G) / 2 - B) / (R + G + B + 60), times kChromaScale
  std::int16_t luma = 0;         ///< ln((R + G + B + 30) / 300), times kLumaScale

  static constexpr float kChromaScale = 16384.0F;
  static constexpr float kLumaScale = 8192.0F;

  friend bool operator==(const ColorFeature&, const ColorFeature&) = default;
};

/// Of a colour with channels 0..255.
inline ColorFeature color_feature(float red, float green, float blue) {
  const float sum = red + green + blue;
  const float scale = ColorFeature::kChromaScale / (sum + 60.0F);
  return {static_cast<std::int16_t>(std::lround((red - green) * scale)),
          static_cast<std::int16_t>(std::lround((0.5F * (red + green) - blue) * scale)),
          static_cast<std::int16_t>(
              std::lround(std::log((sum + 30.0F) / 300.0F) * ColorFeature::kLumaScale))};
}

/// How well an observed colour fits a model's, 0..1: the distance of the chromas, and whether the
/// brightness can be explained by shading (a band: shadow darkens more than highlights brighten).
inline float color_similarity(const ColorFeature& observed, const ColorFeature& model) {
  constexpr float kChroma = 1.0F / (0.13F * ColorFeature::kChromaScale);
  constexpr float kBrighter = 0.35F;
  constexpr float kDarker = 1.2F;
  constexpr float kLumaVariance = 0.09F;
  const float dr = static_cast<float>(observed.red_green - model.red_green) * kChroma;
  const float dy = static_cast<float>(observed.yellow_blue - model.yellow_blue) * kChroma;
  const float dl =
      static_cast<float>(observed.luma - model.luma) * (1.0F / ColorFeature::kLumaScale);
  const float excess = std::max({0.0F, dl - kBrighter, -kDarker - dl});
  return 1.0F / ((1.0F + dr * dr + dy * dy) * (1.0F + excess * excess * (1.0F / kLumaVariance)));
}

}  // namespace sam6d
