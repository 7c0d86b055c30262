#pragma once

#include <algorithm>

#include <Eigen/Core>
#include <Eigen/LU>

namespace sam6d {

/// A sum of squared distances to planes, each with a weight, as a function of a point:
/// p^T A p + 2 b^T p + c (Garland and Heckbert, Surface Simplification Using Quadric Error Metrics,
/// SIGGRAPH 1997).
struct Quadric {
  Eigen::Matrix3d a = Eigen::Matrix3d::Zero();
  Eigen::Vector3d b = Eigen::Vector3d::Zero();
  double c = 0;

  /// The plane through `point` with this normal (unit).
  static Quadric of_plane(const Eigen::Vector3d& point, const Eigen::Vector3d& normal,
                          double weight) {
    const double offset = -normal.dot(point);
    return {weight * normal * normal.transpose(), weight * offset * normal,
            weight * offset * offset};
  }

  Quadric& operator+=(const Quadric& other) {
    a += other.a;
    b += other.b;
    c += other.c;
    return *this;
  }
  friend Quadric operator+(Quadric left, const Quadric& right) { return left += right; }

  [[nodiscard]] double at(const Eigen::Vector3d& point) const {
    return std::max(0.0, point.dot(a * point) + 2.0 * b.dot(point) + c);
  }

  /// The point of least value; where many are about as good, the one nearest to `preferred`.
  [[nodiscard]] Eigen::Vector3d minimum_near(const Eigen::Vector3d& preferred) const {
    constexpr double kPull = 1e-4;  // as a share of the strongest planes
    const double pull = kPull * a.trace();
    if (!(pull > 0)) return preferred;
    const Eigen::Matrix3d pulled = a + pull * Eigen::Matrix3d::Identity();
    return pulled.inverse() * (pull * preferred - b);
  }
};

}  // namespace sam6d
