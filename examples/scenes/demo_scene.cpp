#include "scenes/demo_scene.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

#include "scenes/table_layout.hpp"

namespace sam6d::scenes {

DemoScene make_demo_scene(std::uint64_t seed) {
  Random random(seed);
  DemoScene demo;
  demo.objects = {make_shape(ShapeKind::kMug, random.uniform(0.13, 0.16), seed),
                  make_shape(ShapeKind::kLabelledBox, random.uniform(0.16, 0.2), seed),
                  make_shape(ShapeKind::kStepBlock, random.uniform(0.12, 0.15), seed)};
  SceneDescription& scene = demo.scene;
  scene.seed = seed;
  add_table(scene, {1.5, 1.2}, random);

  HeightField field({0, 0}, {1.4, 1.1}, 0.002, 0);
  constexpr double kReach = 0.26;
  std::array<int, 3> counts = {2, 2, 1};
  for (int extra = random.below(3); extra > 0; --extra) {
    ++counts[static_cast<std::size_t>(random.below(3))];
  }
  for (std::size_t object = 0; object < demo.objects.size(); ++object) {
    const TriangleMesh& mesh = demo.objects[object].mesh;
    const SolidBody body = solid_body(mesh, 0.7 * field.cell_m());
    scene.meshes.push_back(mesh);
    const int mesh_index = static_cast<int>(scene.meshes.size()) - 1;
    for (int i = 0; i < counts[object]; ++i) {
      RigidTransform pose;
      double reach = kReach;
      while (!place_resting(field, body, {0, 0}, reach, random, pose)) reach *= 1.1;
      scene.parts.push_back({mesh_index, static_cast<ObjectId>(object) + 1, pose, {}});
    }
  }
  add_clutter(scene, field, 9, 0.09, 0.42, random);

  scene.camera = {572, 572, 319.5, 239.5, 640, 480};
  scene.target_m = {0, 0, 0.03};
  scene.radius_m = 0.8;
  const double azimuth = random.uniform(0, 2 * std::numbers::pi);
  const Eigen::Vector3d eye =
      eye_around(scene.target_m, random.uniform(0.75, 0.85), random.uniform(0.6, 0.8), azimuth);
  scene.cam_from_world = look_at(eye, scene.target_m);
  scene.light = random_light(scene.target_m, 1.6, random);
  return demo;
}

}  // namespace sam6d::scenes
