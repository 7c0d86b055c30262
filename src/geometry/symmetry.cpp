#include "sam6d/symmetry.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/fail.hpp"

namespace sam6d {
namespace {

constexpr double kMinStep = 1e-5;  // 314160 transforms an axis

RigidTransform rotation_about(const ContinuousSymmetry& symmetry, double angle_rad) {
  RigidTransform transform = RigidTransform::Identity();
  transform.linear() = Eigen::AngleAxisd(angle_rad, symmetry.axis.normalized()).toRotationMatrix();
  transform.translation() = symmetry.offset_m - transform.linear() * symmetry.offset_m;
  return transform;
}

}  // namespace

std::vector<RigidTransform> symmetry_transforms(const Symmetries& symmetries, double max_step) {
  if (!(max_step >= kMinStep)) {
    fail(ErrorCode::kInvalidArgument, "max_step: expected at least {}, found {}", kMinStep,
         max_step);
  }
  std::vector<RigidTransform> turns;
  // A point at half the diameter from the axis travels pi diameters in a full turn.
  const int steps = std::max(1, static_cast<int>(std::ceil(std::numbers::pi / max_step)));
  for (const ContinuousSymmetry& symmetry : symmetries.continuous) {
    if (!symmetry.axis.allFinite() || !symmetry.offset_m.allFinite() ||
        !(symmetry.axis.norm() > 0)) {
      fail(ErrorCode::kInvalidArgument,
           "continuous symmetry: expected a finite offset and an axis that is not zero");
    }
    for (int i = 0; i < steps; ++i) {
      turns.push_back(rotation_about(symmetry, 2.0 * std::numbers::pi * i / steps));
    }
  }

  std::vector<RigidTransform> discrete{RigidTransform::Identity()};
  discrete.insert(discrete.end(), symmetries.discrete.begin(), symmetries.discrete.end());
  if (turns.empty()) return discrete;
  std::vector<RigidTransform> all;
  all.reserve(discrete.size() * turns.size());
  for (const RigidTransform& transform : discrete) {
    for (const RigidTransform& turn : turns) all.push_back(turn * transform);
  }
  return all;
}

}  // namespace sam6d
