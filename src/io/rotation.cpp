#include "io/rotation.hpp"

#include <limits>

#include <Eigen/LU>

namespace sam6d {

double rotation_error(const Eigen::Matrix3d& matrix) {
  if (!matrix.allFinite() || matrix.determinant() <= 0) {
    return std::numeric_limits<double>::infinity();
  }
  return (matrix * matrix.transpose() - Eigen::Matrix3d::Identity()).cwiseAbs().maxCoeff();
}

RigidTransform transform_from_mm(const Eigen::Matrix3d& rotation,
                                 const Eigen::Vector3d& translation_mm) {
  RigidTransform transform = RigidTransform::Identity();
  transform.linear() = rotation;
  transform.translation() = translation_mm / 1000.0;
  return transform;
}

bool is_finite(const RigidTransform& transform) { return transform.matrix().allFinite(); }

}  // namespace sam6d
