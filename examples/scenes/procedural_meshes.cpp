#include "scenes/procedural_meshes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include <Eigen/Geometry>

#include "scenes/solids.hpp"

namespace sam6d::scenes {
namespace {

constexpr std::array<std::string_view, kShapeKinds> kNames = {
    "labelled box", "plain box",  "can",     "mug",   "cup",     "bracket",
    "z profile",    "flange nut", "bolt",    "gear",  "hook",    "bottle",
    "vase",         "step block", "elbow",   "plate", "pitcher", "ring",
    "lump",         "valve knob", "spanner", "spool", "figure",  "console"};

RigidTransform rotation_about(const Eigen::Vector3d& axis, double angle_rad) {
  RigidTransform transform = RigidTransform::Identity();
  transform.linear() = Eigen::AngleAxisd(angle_rad, axis).toRotationMatrix();
  return transform;
}

Rgb8 from_hsv(double hue, double saturation, double value) {
  const auto channel = [&](double n) {
    const double k = std::fmod(n + hue * 6, 6.0);
    const double v = value - value * saturation * std::clamp(std::min(k, 4 - k), 0.0, 1.0);
    return static_cast<std::uint8_t>(std::lround(255 * v));
  };
  return {channel(5), channel(3), channel(1)};
}

Solid make_solid(ShapeKind kind, Random& random) {
  switch (kind) {
    case ShapeKind::kCan:
    case ShapeKind::kMug:
    case ShapeKind::kCup:
    case ShapeKind::kBottle:
    case ShapeKind::kVase:
    case ShapeKind::kPitcher: return vessel_solid(kind, random);
    case ShapeKind::kBracket:
    case ShapeKind::kZProfile:
    case ShapeKind::kFlangeNut:
    case ShapeKind::kBolt:
    case ShapeKind::kGear:
    case ShapeKind::kHook:
    case ShapeKind::kPipeElbow:
    case ShapeKind::kPlate:
    case ShapeKind::kValveKnob:
    case ShapeKind::kSpanner: return machine_part_solid(kind, random);
    default: return household_solid(kind, random);
  }
}

/// Which coordinates may be centred without moving the symmetry axis off the origin.
Eigen::Vector3f centring(const Symmetries& symmetries) {
  if (symmetries.empty()) return Eigen::Vector3f::Ones();
  for (const RigidTransform& t : symmetries.discrete) {
    if (t.linear()(2, 2) < 0) return Eigen::Vector3f::Zero();
  }
  return Eigen::Vector3f::UnitZ();
}

}  // namespace

std::string_view to_string(ShapeKind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

Palette random_palette(Random& random) {
  const double hue = random.uniform();
  const bool metal = random.chance(0.25);
  const auto color = [&](double h, double value) {
    return from_hsv(h - std::floor(h),
                    metal ? random.uniform(0.02, 0.15) : random.uniform(0.35, 0.9), value);
  };
  const double value = random.uniform(0.35, 0.9);
  const double other = value > 0.6 ? value - random.uniform(0.25, 0.4) : value + 0.3;
  return {color(hue, value), color(hue + random.uniform(0.25, 0.75), other),
          color(hue + random.uniform(0.1, 0.9), random.uniform(0.3, 0.95))};
}

Symmetries n_fold(int n, bool flips) {
  Symmetries symmetries;
  const Eigen::Vector3d z = Eigen::Vector3d::UnitZ();
  const double step = 2 * std::numbers::pi / n;
  for (int i = 1; i < n; ++i) symmetries.discrete.push_back(rotation_about(z, i * step));
  for (int i = 0; flips && i < n; ++i) {
    symmetries.discrete.push_back(rotation_about(z, i * step) *
                                  rotation_about(Eigen::Vector3d::UnitX(), std::numbers::pi));
  }
  return symmetries;
}

Symmetries revolution(bool flips) {
  Symmetries symmetries;
  if (flips) {
    symmetries.discrete.push_back(rotation_about(Eigen::Vector3d::UnitX(), std::numbers::pi));
  }
  symmetries.continuous.emplace_back();
  return symmetries;
}

ShapeModel make_shape(ShapeKind kind, double diameter, std::uint64_t seed, int cells) {
  Random random(seed * 64 + static_cast<std::uint64_t>(kind));
  const Solid solid = make_solid(kind, random);
  ShapeModel shape;
  shape.name = to_string(kind);
  shape.mesh = mesh_of(solid.distance, solid.color, solid.half_size, cells);
  // Thin objects fill few cells; they get a finer grid.
  constexpr std::size_t kFewVertices = 3000;
  for (; shape.mesh.vertices_m.size() < kFewVertices && cells < 200; cells += cells / 2) {
    shape.mesh = mesh_of(solid.distance, solid.color, solid.half_size, cells + cells / 2);
  }
  shape.shape_symmetries = solid.symmetries;
  if (!solid.color_breaks_symmetry) shape.symmetries = solid.symmetries;

  Eigen::Vector3f low = shape.mesh.vertices_m.front();
  Eigen::Vector3f high = low;
  for (const Eigen::Vector3f& v : shape.mesh.vertices_m) {
    low = low.cwiseMin(v);
    high = high.cwiseMax(v);
  }
  const Eigen::Vector3f centre = 0.5F * (low + high).cwiseProduct(centring(solid.symmetries));
  for (Eigen::Vector3f& v : shape.mesh.vertices_m) v -= centre;
  const auto scale = static_cast<float>(diameter / diameter_m(shape.mesh));
  for (Eigen::Vector3f& v : shape.mesh.vertices_m) v *= scale;
  return shape;
}

}  // namespace sam6d::scenes
