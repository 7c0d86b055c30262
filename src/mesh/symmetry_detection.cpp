#include <algorithm>
#include <cmath>
#include <tuple>

#include <Eigen/Geometry>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "geometry/rigid_fit.hpp"
#include "mesh/shape_symmetry.hpp"
#include "mesh/symmetry_surface.hpp"
#include "sam6d/mesh.hpp"

namespace sam6d {
namespace {

void check(const TriangleMesh& mesh, const SymmetryDetectionOptions& options) {
  if (!(options.tolerance >= 1e-3 && options.tolerance <= 0.2)) {
    fail(ErrorCode::kInvalidArgument, "tolerance: expected 0.001 to 0.2 diameters, found {}",
         options.tolerance);
  }
  if (!(options.min_share > 0.5 && options.min_share <= 1.0)) {
    fail(ErrorCode::kInvalidArgument, "min_share: expected more than 0.5 and at most 1, found {}",
         options.min_share);
  }
  if (mesh.faces.empty()) fail(ErrorCode::kBadMesh, "mesh: expected faces, found none");
}

/// The group's common point in metres; a coordinate that is nearly zero is zero.
Eigen::Vector3d center_m(const SymmetryGroup& group, const SymmetrySurface& surface) {
  constexpr double kNearlyZero = 0.002;  // diameters
  Eigen::Vector3d center = surface.center_m() + surface.diameter_m() * group.center;
  for (double& coordinate : center) {
    if (std::abs(coordinate) < kNearlyZero * surface.diameter_m()) coordinate = 0;
  }
  return center;
}

void sort_by_angle(RotationGroup& rotations) {
  const auto key = [](const Eigen::Matrix3d& rotation) {
    constexpr double kRounding = 1e6;
    const auto rounded = [](double x) { return std::round(x * kRounding); };
    return std::tuple(rounded(rotation_angle_rad(rotation)), -rounded(rotation(2, 2)),
                      -rounded(rotation(1, 1)), -rounded(rotation(1, 0)));
  };
  std::stable_sort(rotations.begin(), rotations.end(),
                   [&](const auto& a, const auto& b) { return key(a) < key(b); });
}

Symmetries in_metres(SymmetryGroup group, const SymmetrySurface& surface) {
  const Eigen::Vector3d center = center_m(group, surface);
  Symmetries result;
  switch (group.kind) {
    case SymmetryGroup::Kind::kSphere:
      for (int i = 0; i < 3; ++i) result.continuous.push_back({Eigen::Vector3d::Unit(i), center});
      return result;
    case SymmetryGroup::Kind::kRevolution: result.continuous.push_back({group.axis, center}); break;
    case SymmetryGroup::Kind::kFinite: break;
  }
  sort_by_angle(group.rotations);
  for (std::size_t i = 1; i < group.rotations.size(); ++i) {
    result.discrete.push_back(rotation_about_point(group.rotations[i], center));
  }
  return result;
}

}  // namespace

Symmetries detect_symmetries(const TriangleMesh& mesh, const SymmetryDetectionOptions& options) {
  check(mesh, options);
  const SymmetrySurface surface(mesh, options);
  SymmetryGroup group = find_shape_symmetry(surface);
  if (options.use_color && mesh.has_color()) group = restricted_to_colors(group, surface);
  Symmetries result = in_metres(group, surface);
  log_debug("symmetries found: {} discrete, {} axes of revolution", result.discrete.size(),
            result.continuous.size());
  return result;
}

}  // namespace sam6d
