#include "pose/calibration.hpp"

#include <algorithm>
#include <cmath>

namespace sam6d {

float pose_probability(const PoseEvidence& evidence, float raw_score, bool colored) {
  constexpr float kLeastMatch = 0.08F;  // of the rendered pixels; less shows nothing
  // Without colour the shape alone must fit much better. Poses that mostly hide are seldom right.
  const float middle = colored ? 0.28F : 0.72F;
  const float logit = 9.0F * (raw_score - middle) - 2.0F * evidence.occluded;
  const float probability = 1.0F / (1.0F + std::exp(-std::clamp(logit, -30.0F, 30.0F)));
  return evidence.match < kLeastMatch ? probability * evidence.match / kLeastMatch * 0.5F
                                      : probability;
}

}  // namespace sam6d
