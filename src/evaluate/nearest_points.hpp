#pragma once

#include <memory>
#include <span>

#include <Eigen/Core>

#include "sam6d/transform.hpp"

namespace sam6d {

/// The points of a model with what makes many errors of it quick. It refers to the points that it
/// was made from.
class NearestPoints {
 public:
  explicit NearestPoints(std::span<const Eigen::Vector3f> points_m);
  ~NearestPoints();
  NearestPoints(NearestPoints&&) noexcept;
  NearestPoints& operator=(NearestPoints&&) noexcept;

  /// adi_m() of the points. Both poses are rigid, so the search runs in the object's frame, where
  /// one tree serves all poses.
  [[nodiscard]] double adi_m(const RigidTransform& estimate, const RigidTransform& truth) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace sam6d
