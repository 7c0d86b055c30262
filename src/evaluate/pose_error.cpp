#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "base/fail.hpp"
#include "evaluate/nearest_points.hpp"
#include "sam6d/evaluate.hpp"

namespace sam6d {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();

void require_points(std::span<const Eigen::Vector3f> points_m) {
  if (points_m.empty()) {
    fail(ErrorCode::kInvalidArgument, "points_m: expected at least one point, found none");
  }
}

void require_symmetries(std::span<const RigidTransform> symmetries) {
  if (symmetries.empty()) {
    fail(ErrorCode::kInvalidArgument,
         "symmetries: expected at least the identity, found an empty list");
  }
}

/// Where a point falls on the picture; infinitely far away when it is not in front of the camera.
Eigen::Vector2d project(const CameraIntrinsics& camera, const Eigen::Vector3d& point_m) {
  if (!(point_m.z() > 0)) return Eigen::Vector2d::Constant(kInfinity);
  return {camera.fx * point_m.x() / point_m.z() + camera.cx,
          camera.fy * point_m.y() / point_m.z() + camera.cy};
}

double squared_distance(const Eigen::Vector2d& a, const Eigen::Vector2d& b) {
  const double squared = (a - b).squaredNorm();
  return std::isnan(squared) ? kInfinity : squared;
}

}  // namespace

double rotation_error_rad(const RigidTransform& estimate, const RigidTransform& truth) {
  // atan2 keeps its accuracy where acos((trace - 1) / 2) loses it, near 0 and pi.
  const Eigen::Matrix3d turn = estimate.linear() * truth.linear().transpose();
  const Eigen::Vector3d axis(turn(2, 1) - turn(1, 2), turn(0, 2) - turn(2, 0),
                             turn(1, 0) - turn(0, 1));
  return std::atan2(axis.norm(), turn.trace() - 1.0);
}

double translation_error_m(const RigidTransform& estimate, const RigidTransform& truth) {
  return (estimate.translation() - truth.translation()).norm();
}

double add_m(std::span<const Eigen::Vector3f> points_m, const RigidTransform& estimate,
             const RigidTransform& truth) {
  require_points(points_m);
  const Eigen::Matrix3d turn = estimate.linear() - truth.linear();
  const Eigen::Vector3d shift = estimate.translation() - truth.translation();
  double sum = 0;
  for (const Eigen::Vector3f& point : points_m) sum += (turn * point.cast<double>() + shift).norm();
  return sum / static_cast<double>(points_m.size());
}

double adi_m(std::span<const Eigen::Vector3f> points_m, const RigidTransform& estimate,
             const RigidTransform& truth) {
  require_points(points_m);
  return NearestPoints(points_m).adi_m(estimate, truth);
}

double projection_error_px(std::span<const Eigen::Vector3f> points_m,
                           const CameraIntrinsics& camera, const RigidTransform& estimate,
                           const RigidTransform& truth) {
  require_points(points_m);
  double sum = 0;
  for (const Eigen::Vector3f& point : points_m) {
    const Eigen::Vector3d x = point.cast<double>();
    sum += std::sqrt(squared_distance(project(camera, estimate * x), project(camera, truth * x)));
  }
  return sum / static_cast<double>(points_m.size());
}

double mssd_m(std::span<const Eigen::Vector3f> points_m, std::span<const RigidTransform> symmetries,
              const RigidTransform& estimate, const RigidTransform& truth) {
  require_points(points_m);
  require_symmetries(symmetries);
  double best_squared = kInfinity;
  for (const RigidTransform& symmetry : symmetries) {
    const RigidTransform equal = truth * symmetry;
    const Eigen::Matrix3d turn = estimate.linear() - equal.linear();
    const Eigen::Vector3d shift = estimate.translation() - equal.translation();
    double largest = 0;
    for (const Eigen::Vector3f& point : points_m) {
      largest = std::max(largest, (turn * point.cast<double>() + shift).squaredNorm());
      if (largest >= best_squared) break;
    }
    best_squared = std::min(best_squared, largest);
  }
  return std::sqrt(best_squared);
}

double mspd_px(std::span<const Eigen::Vector3f> points_m,
               std::span<const RigidTransform> symmetries, const CameraIntrinsics& camera,
               const RigidTransform& estimate, const RigidTransform& truth) {
  require_points(points_m);
  require_symmetries(symmetries);
  std::vector<Eigen::Vector2d> estimated_px;
  estimated_px.reserve(points_m.size());
  for (const Eigen::Vector3f& point : points_m) {
    estimated_px.push_back(project(camera, estimate * point.cast<double>()));
  }
  double best_squared = kInfinity;
  for (const RigidTransform& symmetry : symmetries) {
    const RigidTransform equal = truth * symmetry;
    double largest = 0;
    for (std::size_t i = 0; i < points_m.size(); ++i) {
      const Eigen::Vector2d pixel = project(camera, equal * points_m[i].cast<double>());
      largest = std::max(largest, squared_distance(estimated_px[i], pixel));
      if (largest >= best_squared) break;
    }
    best_squared = std::min(best_squared, largest);
  }
  return std::sqrt(best_squared);
}

}  // namespace sam6d
