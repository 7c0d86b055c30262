#include "mesh/shape_symmetry.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>
#include <optional>
#include <vector>

#include <Eigen/Dense>

#include "geometry/rigid_fit.hpp"
#include "mesh/symmetry_axes.hpp"

namespace sam6d {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr int kMaxFold = 36;

bool is_axis_of_revolution(const SymmetrySurface& surface, const Eigen::Vector3d& axis,
                           const Eigen::Vector3d& center) {
  const auto angles = angles_of_revolution();
  return std::all_of(angles.begin(), angles.end(), [&](double angle) {
    return surface.shape_agrees(rotation_about_point(axis, angle, center));
  });
}

/// The point that all transforms leave in place, nearest to the centroid where there are many.
Eigen::Vector3d fixed_point(const std::vector<RigidTransform>& transforms) {
  Eigen::Matrix3d normal_matrix = 1e-3 * Eigen::Matrix3d::Identity();
  Eigen::Vector3d right_side = Eigen::Vector3d::Zero();
  for (const RigidTransform& transform : transforms) {
    const Eigen::Matrix3d moved = Eigen::Matrix3d::Identity() - transform.linear();
    normal_matrix += moved.transpose() * moved;
    right_side += moved.transpose() * transform.translation();
  }
  return normal_matrix.ldlt().solve(right_side);
}

/// A rotation by 2 pi / order that leaves the surface in place.
struct MeasuredRotation {
  Eigen::Vector3d axis;
  RigidTransform transform;
};

/// The rotation that was meant by a transform which has nearly its angle and axis: the angle is
/// known, and what remains of the translation says where the axis is. Nothing when it is another
/// one, or when the surface does not stay in place.
std::optional<MeasuredRotation> accepted(const SymmetrySurface& surface,
                                         const RigidTransform& transform,
                                         const Eigen::Vector3d& axis_guess, int order) {
  constexpr double kMaxAngleOff = 0.09;    // rad; the grid of axes is good to 0.05
  constexpr double kMinAxisCosine = 0.97;  // 14 degrees
  const double angle = 2.0 * kPi / order;
  const Eigen::AngleAxisd found(transform.linear());
  const double along = found.axis().dot(axis_guess);
  if (std::abs(along) < kMinAxisCosine) return std::nullopt;
  const Eigen::Vector3d axis = along < 0 ? Eigen::Vector3d(-found.axis()) : found.axis();
  const double found_angle = along < 0 ? 2.0 * kPi - found.angle() : found.angle();
  if (std::abs(found_angle - angle) > kMaxAngleOff) return std::nullopt;
  const RigidTransform exact = rotation_about_point(axis, angle, fixed_point({transform}));
  if (!surface.shape_agrees(exact)) return std::nullopt;
  return MeasuredRotation{axis, exact};
}

std::optional<MeasuredRotation> measured(const SymmetrySurface& surface,
                                         const AxisCandidate& candidate) {
  const RigidTransform start =
      rotation_about_point(candidate.axis, 2.0 * kPi / candidate.order, Eigen::Vector3d::Zero());
  const auto rough = accepted(surface, surface.refined(start), candidate.axis, candidate.order);
  if (!rough) return std::nullopt;
  const auto fine =
      accepted(surface, surface.polished(rough->transform), candidate.axis, candidate.order);
  return fine ? fine : rough;
}

/// The smallest step about the axis with which the surface agrees.
Eigen::Matrix3d smallest_step(const SymmetrySurface& surface, const MeasuredRotation& rotation,
                              int order, const Eigen::Vector3d& center) {
  for (int fold = kMaxFold / order * order; fold > order; fold -= order) {
    const RigidTransform step = rotation_about_point(rotation.axis, 2.0 * kPi / fold, center);
    if (surface.shape_agrees(step)) return step.linear();
  }
  return rotation.transform.linear();
}

SymmetryGroup of_revolution(const SymmetrySurface& surface, const Eigen::Vector3d& axis,
                            const Eigen::Vector3d& center) {
  SymmetryGroup result;
  result.kind = SymmetryGroup::Kind::kRevolution;
  result.axis = axis;
  result.center = center;
  const Eigen::Vector3d across = perpendicular(axis);
  if (is_axis_of_revolution(surface, across, center)) {
    result.kind = SymmetryGroup::Kind::kSphere;
    return result;
  }
  // The centroid lies in the plane of mirror images, so a flip goes through it, not `center`.
  for (const Eigen::Vector3d& point : {center, Eigen::Vector3d(center - center.dot(axis) * axis)}) {
    const RigidTransform flip = rotation_about_point(across, kPi, point);
    if (!surface.shape_agrees(flip)) continue;
    result.center = point;
    result.rotations.push_back(flip.linear());
    break;
  }
  return result;
}

/// Turns the group by the little that its axes lack to be the coordinate axes: CAD models are drawn
/// along these.
void align_with_coordinate_axes(SymmetryGroup& group) {
  constexpr double kNear = 0.99999;  // cosine of 0.26 degrees
  constexpr double kStay = 0.1;      // decides what the axes leave open
  std::vector<Eigen::Vector3d> axes;
  if (group.kind == SymmetryGroup::Kind::kRevolution) axes.push_back(group.axis);
  if (group.kind == SymmetryGroup::Kind::kFinite) {
    for (std::size_t i = 1; i < group.rotations.size(); ++i) {
      axes.emplace_back(Eigen::AngleAxisd(group.rotations[i]).axis());
    }
  }
  Eigen::Matrix3d sum = kStay * Eigen::Matrix3d::Identity();
  for (const Eigen::Vector3d& axis : axes) {
    int k = 0;
    if (axis.cwiseAbs().maxCoeff(&k) < kNear) continue;
    sum += std::copysign(1.0, axis[k]) * Eigen::Vector3d::Unit(k) * axis.transpose();
  }
  const Eigen::Matrix3d turn = nearest_rotation(sum);
  group.axis = (turn * group.axis).eval();
  for (Eigen::Matrix3d& rotation : group.rotations) {
    rotation = (turn * rotation * turn.transpose()).eval();
  }
}

SymmetryGroup search(const SymmetrySurface& surface) {
  const AxisCandidates candidates = find_axis_candidates(surface);
  SymmetryGroup group;
  for (const Eigen::Vector3d& axis : candidates.of_revolution) {
    const auto rotation = measured(surface, {axis, 3, 0.0});
    if (!rotation) continue;
    const Eigen::Vector3d center = fixed_point({rotation->transform});
    if (is_axis_of_revolution(surface, rotation->axis, center)) {
      return of_revolution(surface, rotation->axis, center);
    }
  }
  std::vector<RigidTransform> generators;
  for (const AxisCandidate& candidate : candidates.of_rotation) {
    if (contains(group.rotations,
                 Eigen::AngleAxisd(2.0 * kPi / candidate.order, candidate.axis).matrix())) {
      continue;
    }
    const std::optional<MeasuredRotation> rotation = measured(surface, candidate);
    if (!rotation || contains(group.rotations, rotation->transform.linear())) continue;
    std::vector<RigidTransform> all = generators;
    all.push_back(rotation->transform);
    const Eigen::Vector3d center = fixed_point(all);
    if (is_axis_of_revolution(surface, rotation->axis, center)) {
      return of_revolution(surface, rotation->axis, center);
    }
    const std::optional<RotationGroup> larger =
        extended(group.rotations, smallest_step(surface, *rotation, candidate.order, center));
    // The inverse of an element is one too, so that one way is enough.
    const bool agrees =
        larger && std::all_of(larger->begin() + 1, larger->end(), [&](const auto& element) {
          return surface.shape_stays_inside(rotation_about_point(element, center));
        });
    if (!agrees) continue;
    group.rotations = *larger;
    group.center = center;
    generators = all;
  }
  return group;
}

}  // namespace

RigidTransform rotation_about_point(const Eigen::Matrix3d& rotation, const Eigen::Vector3d& point) {
  RigidTransform transform = RigidTransform::Identity();
  transform.linear() = rotation;
  transform.translation() = point - rotation * point;
  return transform;
}

RigidTransform rotation_about_point(const Eigen::Vector3d& axis, double angle_rad,
                                    const Eigen::Vector3d& point) {
  return rotation_about_point(Eigen::AngleAxisd(angle_rad, axis).toRotationMatrix(), point);
}

std::span<const double> angles_of_revolution() {
  static constexpr std::array kAngles{0.09, 0.2, 0.41, 0.67, 1.03, 1.5, 2.1, 2.8};
  return kAngles;
}

Eigen::Vector3d perpendicular(const Eigen::Vector3d& axis) { return axis.unitOrthogonal(); }

SymmetryGroup find_shape_symmetry(const SymmetrySurface& surface) {
  SymmetryGroup group = search(surface);
  align_with_coordinate_axes(group);
  return group;
}

}  // namespace sam6d
