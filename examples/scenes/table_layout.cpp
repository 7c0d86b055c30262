#include "scenes/table_layout.hpp"

#include <cmath>
#include <numbers>

namespace sam6d::scenes {

using Eigen::Vector2d;
using Eigen::Vector3d;

bool place_resting(HeightField& field, const SolidBody& body, const Vector2d& centre_m,
                   double reach_m, Random& random, RigidTransform& world_from_obj) {
  constexpr int kTries = 60;
  constexpr int kTriesPerFace = 12;
  constexpr double kSamePlane = 1e-5;  // m; heights are floats
  Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
  for (int i = 0; i < kTries; ++i) {
    if (i % kTriesPerFace == 0) rotation = resting_rotation(body, random);
    RigidTransform pose = RigidTransform::Identity();
    pose.linear() = rotation;
    const double radius = reach_m * std::sqrt(random.uniform());
    const double angle = random.uniform(0, 2 * std::numbers::pi);
    pose.translation() << centre_m.x() + radius * std::cos(angle),
        centre_m.y() + radius * std::sin(angle), 0;
    if (!drop(field, body, pose)) continue;
    if (field.top_m(body, pose) > field.floor_m() + kSamePlane) continue;  // not free there
    field.add(body, pose);
    world_from_obj = pose;
    return true;
  }
  return false;
}

void add_table(SceneDescription& scene, const Vector2d& size_m, Random& random) {
  constexpr double kThickness = 0.03;
  constexpr double kFloor = -0.75;
  const auto kind = static_cast<TextureKind>(random.below(kTextureKinds));
  RigidTransform top = RigidTransform::Identity();
  top.translation().z() = -0.5 * kThickness;
  const Eigen::Vector3f size(static_cast<float>(size_m.x()), static_cast<float>(size_m.y()),
                             static_cast<float>(kThickness));
  scene.add(textured_box(size, make_texture(kind, random)), top);
  RigidTransform floor = RigidTransform::Identity();
  floor.translation().z() = kFloor - 0.5 * kThickness;
  const auto tiles = static_cast<TextureKind>(random.below(kTextureKinds));
  scene.add(textured_box({6, 6, static_cast<float>(kThickness)}, make_texture(tiles, random)),
            floor);
}

void add_clutter(SceneDescription& scene, HeightField& field, int count, double size_m,
                 double reach_m, Random& random) {
  for (int i = 0; i < count; ++i) {
    TriangleMesh mesh = clutter_shape(size_m * random.uniform(0.4, 1.6), random);
    const SolidBody body = solid_body(mesh, 0.7 * field.cell_m());
    RigidTransform pose;
    if (place_resting(field, body, Vector2d::Zero(), reach_m, random, pose)) {
      scene.add(std::move(mesh), pose);
    }
  }
}

Light random_light(const Vector3d& target_m, double distance_m, Random& random) {
  Light light;
  light.position_m = eye_around(target_m, distance_m, random.uniform(0.7, 1.35),
                                random.uniform(0, 2 * std::numbers::pi));
  light.strength = static_cast<float>(random.uniform(0.5, 0.85));
  light.ambient = static_cast<float>(random.uniform(0.25, 0.45));
  for (float& channel : light.tint) channel = static_cast<float>(random.uniform(0.93, 1.05));
  return light;
}

Vector3d eye_around(const Vector3d& target_m, double distance_m, double elevation_rad,
                    double azimuth_rad) {
  return target_m + distance_m * Vector3d(std::cos(elevation_rad) * std::cos(azimuth_rad),
                                          std::cos(elevation_rad) * std::sin(azimuth_rad),
                                          std::sin(elevation_rad));
}

}  // namespace sam6d::scenes
