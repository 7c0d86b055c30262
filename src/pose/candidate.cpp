#include "pose/candidate.hpp"

#include <algorithm>
#include <cmath>

namespace sam6d {

RotationDistance::RotationDistance(const Symmetries& symmetries) {
  discrete_.push_back(Eigen::Matrix3f::Identity());
  for (const RigidTransform& transform : symmetries.discrete) {
    discrete_.push_back(transform.linear().cast<float>());
  }
  for (const ContinuousSymmetry& symmetry : symmetries.continuous) {
    const Eigen::Vector3f axis = symmetry.axis.cast<float>().normalized();
    if (axes_ == 0 || std::abs(axis.dot(axis_)) < 0.99F) ++axes_;
    if (axes_ == 1) axis_ = axis;
  }
}

float RotationDistance::operator()(const Eigen::Matrix3f& a, const Eigen::Matrix3f& b) const {
  if (axes_ > 1) return 0.0F;                      // a ball
  const Eigen::Matrix3f turn = a.transpose() * b;  // obj_from_obj
  float best = -1.0F;                              // cosine
  for (const Eigen::Matrix3f& symmetry : discrete_) {
    const float cosine = axes_ == 1 ? axis_.dot(turn * (symmetry * axis_))
                                    : 0.5F * (turn.cwiseProduct(symmetry.transpose()).sum() - 1.0F);
    best = std::max(best, cosine);
  }
  return std::acos(std::clamp(best, -1.0F, 1.0F));
}

std::vector<Candidate> suppressed(std::vector<Candidate> candidates,
                                  const RotationDistance& distance,
                                  const SuppressionOptions& options) {
  std::stable_sort(candidates.begin(), candidates.end(),
                   [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  const float near_squared = options.near_m * options.near_m;
  const float place_squared = options.place_m * options.place_m;
  std::vector<Candidate> kept;
  for (const Candidate& candidate : candidates) {
    if (static_cast<int>(kept.size()) >= options.keep) break;
    int neighbors = 0;
    bool drop = false;
    for (const Candidate& other : kept) {
      const float squared = (other.translation_m - candidate.translation_m).squaredNorm();
      if (squared > place_squared) continue;
      if (++neighbors >= options.quota ||
          (squared < near_squared &&
           distance(other.rotation, candidate.rotation) < options.near_rad)) {
        drop = true;
        break;
      }
    }
    if (!drop) kept.push_back(candidate);
  }
  return kept;
}

}  // namespace sam6d
