#pragma once

#include <vector>

#include <Eigen/Geometry>

#include "sam6d/symmetry.hpp"

namespace sam6d {

/// A pose on its way through the search: of the object's centre, cam_from_centre.
struct Candidate {
  Eigen::Matrix3f rotation = Eigen::Matrix3f::Identity();
  Eigen::Vector3f translation_m = Eigen::Vector3f::Zero();
  float score = 0;
};

/// How far two rotations are apart when rotations that leave the object in place do not count.
class RotationDistance {
 public:
  explicit RotationDistance(const Symmetries& symmetries);
  /// Radians, 0..pi.
  [[nodiscard]] float operator()(const Eigen::Matrix3f& a, const Eigen::Matrix3f& b) const;

 private:
  std::vector<Eigen::Matrix3f> discrete_;  // the identity first
  Eigen::Vector3f axis_ = Eigen::Vector3f::Zero();
  int axes_ = 0;  // of revolution
};

struct SuppressionOptions {
  float near_m = 0;    ///< poses nearer than this,
  float near_rad = 0;  ///< and turned by less than this, are one
  float place_m = 0;   ///< radius of a place
  int quota = 0;       ///< poses that may be kept around a kept one
  int keep = 0;        ///< poses in all
};

/// The best of each group of like poses, best first; at most `quota` within `place_m` of one of
/// them, so that one tempting place does not crowd out the others.
[[nodiscard]] std::vector<Candidate> suppressed(std::vector<Candidate> candidates,
                                                const RotationDistance& distance,
                                                const SuppressionOptions& options);

}  // namespace sam6d
