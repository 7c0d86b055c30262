#pragma once

#include <algorithm>
#include <numbers>

#include <vector>

#include <Eigen/Geometry>

#include "base/random.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/renderer.hpp"
#include "scenes/procedural_meshes.hpp"

namespace sam6d::test {

/// A picture that owns its pixels, and where its objects truly are.
struct MadeScene {
  CameraIntrinsics camera;
  Image<Rgb8> rgb;
  Image<float> depth_m;
  Image<std::int32_t> instance;  ///< index into `poses`; others are the table and nothing
  std::vector<RigidTransform> poses;

  [[nodiscard]] Frame frame() const { return {rgb.view(), depth_m.view(), camera, {}}; }
};

inline RigidTransform transform(const Eigen::Quaterniond& turn, const Eigen::Vector3d& shift) {
  RigidTransform result = RigidTransform::Identity();
  result.linear() = turn.normalized().toRotationMatrix();
  result.translation() = shift;
  return result;
}

/// A camera 0.7 m above a table, looking down at 50 degrees.
inline RigidTransform cam_from_table() {
  const Eigen::Quaterniond turn(
      Eigen::AngleAxisd(std::numbers::pi + 0.7, Eigen::Vector3d::UnitX()));
  return transform(turn, Eigen::Vector3d(0, 0, 0.7));
}

inline TriangleMesh table_mesh(float half_m) {
  TriangleMesh mesh;
  mesh.vertices_m = {
      {-half_m, -half_m, 0}, {half_m, -half_m, 0}, {half_m, half_m, 0}, {-half_m, half_m, 0}};
  mesh.faces = {{0, 1, 2}, {0, 2, 3}};
  mesh.vertex_colors.assign(4, Rgb8{120, 110, 100});
  return mesh;
}

/// Renders objects (and a table, when `table`), with a sensor's noise: sigma 0.4 mm + 1.2 mm z^2,
/// 1 % of the pixels without depth.
inline MadeScene make_scene(const std::vector<TriangleMesh>& meshes,
                            const std::vector<RigidTransform>& poses, bool table,
                            std::uint64_t seed) {
  MadeScene scene;
  scene.camera = {570, 570, 319.5, 239.5, 640, 480};
  scene.poses = poses;
  std::vector<TriangleMesh> all = meshes;
  all.push_back(table_mesh(0.5F));
  std::vector<RenderInstance> instances;
  for (std::size_t i = 0; i < poses.size(); ++i)
    instances.push_back({static_cast<int>(i), poses[i]});
  if (table) instances.push_back({static_cast<int>(meshes.size()), cam_from_table()});
  const Renderer renderer(all);
  Rendering rendering = renderer.render(scene.camera, instances);
  scene.rgb = std::move(rendering.rgb);
  scene.depth_m = std::move(rendering.depth_m);
  scene.instance = std::move(rendering.instance);
  Random random(seed);
  for (std::size_t i = 0; i < scene.depth_m.size(); ++i) {
    float& z = scene.depth_m.data()[i];
    if (z <= 0) continue;
    z += static_cast<float>(random.normal() * (0.0004 + 0.0012 * z * z));
    if (random.uniform() < 0.01) z = 0;
  }
  return scene;
}

/// Where an object stands on the table: its lowest point at height 0.
inline RigidTransform standing(const TriangleMesh& mesh, double x_m, double y_m, double turn_rad,
                               const Eigen::Quaterniond& tilt = Eigen::Quaterniond::Identity()) {
  const Eigen::Quaterniond turn =
      Eigen::Quaterniond(Eigen::AngleAxisd(turn_rad, Eigen::Vector3d::UnitZ())) * tilt;
  double lowest = 1e9;
  for (const Eigen::Vector3f& vertex : mesh.vertices_m) {
    lowest = std::min(lowest, (turn * vertex.cast<double>()).z());
  }
  return cam_from_table() * transform(turn, Eigen::Vector3d(x_m, y_m, -lowest));
}

inline ObjectModel onboarded(ObjectId id, const scenes::ShapeModel& shape) {
  OnboardOptions options;
  options.symmetries = shape.symmetries;
  options.render_views = false;
  options.threads = 1;
  return ObjectModel::onboard(id, shape.mesh, options);
}

}  // namespace sam6d::test
