#include <algorithm>
#include <numbers>
#include <optional>

#include <Eigen/Geometry>

#include "mesh/shape_symmetry.hpp"
#include "mesh/symmetry_axes.hpp"

namespace sam6d {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr int kMaxFold = 36;

bool colors_revolve(const SymmetrySurface& surface, const Eigen::Vector3d& axis,
                    const Eigen::Vector3d& center) {
  const auto angles = angles_of_revolution();
  return std::all_of(angles.begin(), angles.end(), [&](double angle) {
    return surface.color_agrees(rotation_about_point(axis, angle, center));
  });
}

/// Adds a rotation, unless the group would then hold one with which the colours do not agree.
void extend_if_colors_agree(SymmetryGroup& group, const Eigen::Matrix3d& rotation,
                            const SymmetrySurface& surface) {
  if (contains(group.rotations, rotation)) return;
  const std::optional<RotationGroup> larger = extended(group.rotations, rotation);
  if (!larger) return;
  const bool agrees =
      std::all_of(larger->begin(), larger->end(), [&](const Eigen::Matrix3d& element) {
        return contains(group.rotations, element) ||
               surface.color_agrees(rotation_about_point(element, group.center));
      });
  if (agrees) group.rotations = *larger;
}

void add_steps_about(SymmetryGroup& group, const Eigen::Vector3d& axis,
                     const SymmetrySurface& surface) {
  for (int fold = kMaxFold; fold > 1; --fold) {
    const std::size_t before = group.rotations.size();
    extend_if_colors_agree(group, Eigen::AngleAxisd(2.0 * kPi / fold, axis).toRotationMatrix(),
                           surface);
    if (group.rotations.size() > before) return;
  }
}

/// A pattern about an axis of revolution: a smaller step, and flips about axes across it.
SymmetryGroup restricted_revolution(const SymmetryGroup& shape, const SymmetrySurface& surface) {
  constexpr int kFlipAxes = 90;  // every 2 degrees
  if (colors_revolve(surface, shape.axis, shape.center)) {
    SymmetryGroup group = shape;
    std::erase_if(group.rotations, [&](const Eigen::Matrix3d& rotation) {
      return !surface.color_agrees(rotation_about_point(rotation, shape.center));
    });
    return group;
  }
  SymmetryGroup group;
  group.center = shape.center;
  add_steps_about(group, shape.axis, surface);
  if (shape.rotations.size() == 1) return group;
  const Eigen::Vector3d across = perpendicular(shape.axis);
  for (int i = 0; i < kFlipAxes; ++i) {
    const Eigen::Vector3d axis = Eigen::AngleAxisd(kPi * i / kFlipAxes, shape.axis) * across;
    extend_if_colors_agree(group, Eigen::AngleAxisd(kPi, axis).toRotationMatrix(), surface);
  }
  return group;
}

/// A painted sphere: an axis of revolution, or else the steps about one axis. Combinations of
/// several axes of steps are not looked for.
SymmetryGroup restricted_sphere(const SymmetryGroup& shape, const SymmetrySurface& surface) {
  constexpr int kAxes = 2000;  // about 3.4 degrees apart
  if (colors_revolve(surface, Eigen::Vector3d::UnitX(), shape.center) &&
      colors_revolve(surface, Eigen::Vector3d::UnitY(), shape.center)) {
    return shape;
  }
  std::vector<Eigen::Vector3d> axes{Eigen::Vector3d::UnitX(), Eigen::Vector3d::UnitY(),
                                    Eigen::Vector3d::UnitZ()};
  const std::vector<Eigen::Vector3d> others = half_sphere(kAxes);
  axes.insert(axes.end(), others.begin(), others.end());
  SymmetryGroup revolution = shape;
  revolution.kind = SymmetryGroup::Kind::kRevolution;
  revolution.rotations = {Eigen::Matrix3d::Identity()};
  for (const Eigen::Vector3d& axis : axes) {
    if (!colors_revolve(surface, axis, shape.center)) continue;
    revolution.axis = axis;
    const Eigen::Matrix3d flip = Eigen::AngleAxisd(kPi, perpendicular(axis)).toRotationMatrix();
    if (surface.color_agrees(rotation_about_point(flip, shape.center))) {
      revolution.rotations.push_back(flip);
    }
    return revolution;
  }
  SymmetryGroup group;
  group.center = shape.center;
  for (const Eigen::Vector3d& axis : axes) {
    add_steps_about(group, axis, surface);
    if (group.rotations.size() > 1) break;
  }
  return group;
}

}  // namespace

SymmetryGroup restricted_to_colors(const SymmetryGroup& shape, const SymmetrySurface& surface) {
  switch (shape.kind) {
    case SymmetryGroup::Kind::kRevolution: return restricted_revolution(shape, surface);
    case SymmetryGroup::Kind::kSphere: return restricted_sphere(shape, surface);
    case SymmetryGroup::Kind::kFinite: break;
  }
  SymmetryGroup group;
  group.center = shape.center;
  for (const Eigen::Matrix3d& rotation : shape.rotations) {
    extend_if_colors_agree(group, rotation, surface);
  }
  return group;
}

}  // namespace sam6d
