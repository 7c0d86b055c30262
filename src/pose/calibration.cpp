#include "pose/calibration.hpp"

#include <algorithm>
#include <cmath>

namespace sam6d {

float pose_probability(const PoseEvidence& evidence, float raw_score, bool colored) {
  constexpr float kLeastMatch = 0.08F;  // of the rendered pixels; less shows nothing
  const float logit = colored ? 9.0F * (raw_score - 0.28F) : 9.0F * (raw_score - 0.66F);
  const float probability = 1.0F / (1.0F + std::exp(-std::clamp(logit, -30.0F, 30.0F)));
  return evidence.match < kLeastMatch ? probability * evidence.match / kLeastMatch * 0.5F
                                      : probability;
}

}  // namespace sam6d
