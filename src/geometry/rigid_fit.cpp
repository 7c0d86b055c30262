#include "geometry/rigid_fit.hpp"

#include <cmath>
#include <cstddef>

#include <Eigen/Geometry>
#include <Eigen/SVD>

#include "base/fail.hpp"

namespace sam6d {

Eigen::Matrix3d nearest_rotation(const Eigen::Matrix3d& matrix) {
  const Eigen::JacobiSVD<Eigen::Matrix3d> svd(matrix, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const double sign = (svd.matrixU() * svd.matrixV().transpose()).determinant() < 0 ? -1.0 : 1.0;
  return svd.matrixU() * Eigen::Vector3d(1.0, 1.0, sign).asDiagonal() * svd.matrixV().transpose();
}

RigidTransform fit_rigid(std::span<const Eigen::Vector3d> in_a,
                         std::span<const Eigen::Vector3d> in_b, std::span<const double> weights) {
  if (in_a.empty() || in_a.size() != in_b.size() ||
      (!weights.empty() && weights.size() != in_a.size())) {
    fail(ErrorCode::kInvalidArgument,
         "fit_rigid: expected pairs of points and a weight each or none, found {}, {} and {}",
         in_a.size(), in_b.size(), weights.size());
  }
  const auto weight = [&](std::size_t i) { return weights.empty() ? 1.0 : weights[i]; };
  double sum = 0;
  Eigen::Vector3d mean_a = Eigen::Vector3d::Zero();
  Eigen::Vector3d mean_b = Eigen::Vector3d::Zero();
  for (std::size_t i = 0; i < in_a.size(); ++i) {
    if (!(weight(i) >= 0) || !std::isfinite(weight(i))) {
      fail(ErrorCode::kInvalidArgument, "fit_rigid: expected weights of at least 0, found {}",
           weight(i));
    }
    sum += weight(i);
    mean_a += weight(i) * in_a[i];
    mean_b += weight(i) * in_b[i];
  }
  if (!(sum > 0)) fail(ErrorCode::kInvalidArgument, "fit_rigid: expected a weight above 0");
  mean_a /= sum;
  mean_b /= sum;
  Eigen::Matrix3d covariance = Eigen::Matrix3d::Zero();
  for (std::size_t i = 0; i < in_a.size(); ++i) {
    covariance += weight(i) / sum * (in_b[i] - mean_b) * (in_a[i] - mean_a).transpose();
  }
  RigidTransform b_from_a = RigidTransform::Identity();
  b_from_a.linear() = nearest_rotation(covariance);
  b_from_a.translation() = mean_b - b_from_a.linear() * mean_a;
  return b_from_a;
}

double rotation_angle_rad(const Eigen::Matrix3d& rotation) {
  const Eigen::Vector3d twice_sine(rotation(2, 1) - rotation(1, 2), rotation(0, 2) - rotation(2, 0),
                                   rotation(1, 0) - rotation(0, 1));
  return std::atan2(twice_sine.norm(), rotation.trace() - 1.0);
}

Eigen::Matrix3d rotation_about(const Eigen::Vector3d& axis_angle_rad) {
  const double angle = axis_angle_rad.norm();
  if (!(angle > 0)) return Eigen::Matrix3d::Identity();
  return Eigen::AngleAxisd(angle, axis_angle_rad / angle).toRotationMatrix();
}

}  // namespace sam6d
