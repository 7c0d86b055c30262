#include "pose/calibration.hpp"

#include <algorithm>
#include <cmath>

namespace sam6d {
namespace {

float colored_logit(const PoseEvidence& evidence, float raw_score, float log_pixels) {
  return 4.34F * raw_score + 2.15F * evidence.shape_score + 2.97F * evidence.color +
         1.76F * evidence.normals + 0.42F * log_pixels - 1.21F * evidence.occluded -
         3.39F * evidence.unknown - 4.0F * evidence.bad_edge -
         1.8F * std::min(evidence.spill, 1.0F) - 8.12F;
}

float shape_logit(const PoseEvidence& evidence, float log_pixels, bool left_out) {
  return 13.0F * evidence.shape_score + 0.81F * log_pixels - 1.42F * evidence.occluded -
         3.59F * evidence.bad_edge - 3.79F * std::min(evidence.spill, 1.0F) -
         (left_out ? 3.53F : 0.0F) - 13.61F;
}

}  // namespace

float presence_probability(const PoseEvidence& evidence, float raw_score, ColorEvidence color) {
  constexpr float kLeastMatch = 0.08F;  // of the rendered pixels; less shows nothing
  const float log_pixels = std::log(static_cast<float>(evidence.pixels) + 1.0F);
  const float logit = color == ColorEvidence::kCompared
                          ? colored_logit(evidence, raw_score, log_pixels)
                          : shape_logit(evidence, log_pixels, color == ColorEvidence::kLeftOut);
  const float probability = 1.0F / (1.0F + std::exp(-std::clamp(logit, -30.0F, 30.0F)));
  return evidence.match < kLeastMatch ? probability * evidence.match / kLeastMatch * 0.5F
                                      : probability;
}

}  // namespace sam6d
