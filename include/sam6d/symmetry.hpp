#pragma once

#include <vector>

#include <Eigen/Core>

#include "sam6d/export.hpp"
#include "sam6d/transform.hpp"

namespace sam6d {

/// An axis about which every rotation leaves the object in place.
struct ContinuousSymmetry {
  Eigen::Vector3d axis = Eigen::Vector3d::UnitZ();     ///< unit, object frame
  Eigen::Vector3d offset_m = Eigen::Vector3d::Zero();  ///< a point on the axis
};

/// The transforms obj_from_obj that leave the object as it is, as in BOP's models_info.json. The
/// identity is always meant and never listed.
struct Symmetries {
  std::vector<RigidTransform> discrete;
  std::vector<ContinuousSymmetry> continuous;

  [[nodiscard]] bool empty() const { return discrete.empty() && continuous.empty(); }
};

/// Every symmetry as a list that starts with the identity: the discrete ones, each combined with
/// the continuous ones in steps such that the farthest point moves at most `max_step` of the
/// diameter a step (BOP toolkit, get_symmetry_transformations; there 0.01).
[[nodiscard]] SAM6D_API std::vector<RigidTransform> symmetry_transforms(
    const Symmetries& symmetries, double max_step = 0.01);

}  // namespace sam6d
