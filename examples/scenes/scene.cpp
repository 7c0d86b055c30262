#include "scenes/scene.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include <Eigen/Geometry>

#include "sam6d/renderer.hpp"
#include "scenes/shading.hpp"

namespace sam6d::scenes {
namespace {

using Eigen::Vector3d;
using Eigen::Vector3f;

/// Where the mesh can project to, enlarged by one pixel; everything if it reaches behind the
/// camera.
Box projected_box(const TriangleMesh& mesh, const RigidTransform& cam_from_obj,
                  const CameraIntrinsics& camera) {
  const Box everything{0, 0, camera.width, camera.height};
  double u0 = camera.width;
  double v0 = camera.height;
  double u1 = 0;
  double v1 = 0;
  for (const Vector3f& vertex : mesh.vertices_m) {
    const Vector3d p = cam_from_obj * vertex.cast<double>();
    if (p.z() < 1e-3) return everything;
    const double u = camera.fx * p.x() / p.z() + camera.cx;
    const double v = camera.fy * p.y() / p.z() + camera.cy;
    u0 = std::min(u0, u);
    u1 = std::max(u1, u);
    v0 = std::min(v0, v);
    v1 = std::max(v1, v);
  }
  const auto pixel = [](double value, int limit) {
    return static_cast<int>(std::clamp(value, 0.0, static_cast<double>(limit)));
  };
  return {pixel(u0 - 1, camera.width), pixel(v0 - 1, camera.height), pixel(u1 + 2, camera.width),
          pixel(v1 + 2, camera.height)};
}

InstanceTruth truth_of(const SceneDescription& scene, const Renderer& renderer, int index,
                       const Image<std::int32_t>& visible_part, int threads) {
  const ScenePart& part = scene.parts[static_cast<std::size_t>(index)];
  InstanceTruth truth;
  truth.obj_id = part.obj_id;
  truth.part = index;
  truth.cam_from_obj = scene.cam_from_world * part.world_from_obj;

  // The silhouette on its own, in a picture with room on all sides for what is cut off.
  const int margin = std::max(scene.camera.width, scene.camera.height) / 2;
  CameraIntrinsics wide = scene.camera;
  wide.cx += margin;
  wide.cy += margin;
  wide.width += 2 * margin;
  wide.height += 2 * margin;
  RenderOptions options;
  options.color = false;
  options.threads = threads;
  options.box =
      projected_box(scene.meshes[static_cast<std::size_t>(part.mesh)], truth.cam_from_obj, wide);
  const Box inside{0, 0, scene.camera.width, scene.camera.height};
  const Box& box = *options.box;
  const Box shifted{box.x0 - margin, box.y0 - margin, box.x1 - margin, box.y1 - margin};
  const Box within = intersect(shifted, inside);
  if (box.empty()) return truth;
  const RenderInstance alone{part.mesh, truth.cam_from_obj};
  const Rendering silhouette = renderer.render(wide, {&alone, 1}, options);
  truth.mask = Mask(within);
  truth.mask_visib = Mask(within);
  std::int64_t visible = 0;
  for (int y = box.y0; y < box.y1; ++y) {
    for (int x = box.x0; x < box.x1; ++x) {
      if (silhouette.instance(x, y) < 0) continue;
      ++truth.px_count_all;
      const int u = x - margin;
      const int v = y - margin;
      if (!inside.contains(u, v)) continue;
      truth.mask.set(u, v);
      if (visible_part(u, v) != index) continue;
      truth.mask_visib.set(u, v);
      ++visible;
    }
  }
  truth.mask = truth.mask.cropped();
  truth.mask_visib = truth.mask_visib.cropped();
  if (truth.px_count_all > 0) {
    truth.visib_fract = static_cast<double>(visible) / static_cast<double>(truth.px_count_all);
  }
  return truth;
}

/// How little depth a surface gives: its own share, more where the sensor looks along its mirror
/// direction.
float holes_of(const Material& material, float incidence) {
  if (material.depth_holes <= 0) return 0;
  const float mirror = std::pow(std::max(0.0F, incidence), 12.0F);
  return std::min(0.95F, material.depth_holes * (0.8F + 0.6F * mirror));
}

}  // namespace

int SceneDescription::add(TriangleMesh mesh, const RigidTransform& world_from_obj, ObjectId obj_id,
                          const Material& material) {
  meshes.push_back(std::move(mesh));
  parts.push_back({static_cast<int>(meshes.size()) - 1, obj_id, world_from_obj, material});
  return static_cast<int>(parts.size()) - 1;
}

RigidTransform look_at(const Vector3d& eye_m, const Vector3d& target_m) {
  const Vector3d forward = (target_m - eye_m).normalized();
  Vector3d right = forward.cross(Vector3d::UnitZ());
  if (right.norm() < 1e-6) right = Vector3d::UnitX();
  right.normalize();
  RigidTransform cam_from_world = RigidTransform::Identity();
  cam_from_world.linear().row(0) = right.transpose();
  cam_from_world.linear().row(1) = forward.cross(right).transpose();
  cam_from_world.linear().row(2) = forward.transpose();
  cam_from_world.translation() = -(cam_from_world.linear() * eye_m);
  return cam_from_world;
}

ScenePicture take_picture(const SceneDescription& scene, int threads) {
  const Renderer renderer(scene.meshes);
  std::vector<RenderInstance> instances;
  for (const ScenePart& part : scene.parts) {
    instances.push_back({part.mesh, scene.cam_from_world * part.world_from_obj});
  }
  RenderOptions options;
  options.normals = true;
  options.ambient = 1;
  options.head_light = 0;
  options.threads = threads;
  Rendering view = renderer.render(scene.camera, instances, options);

  ScenePicture picture;
  picture.camera = scene.camera;
  picture.rgb = shade(scene, renderer, threads);

  SensorInput input;
  input.camera = scene.camera;
  input.depth_m = view.depth_m;
  input.incidence = Image<float>(scene.camera.width, scene.camera.height, 0);
  input.reflectance = input.incidence;
  input.holes = input.incidence;
  for (int y = 0; y < scene.camera.height; ++y) {
    for (int x = 0; x < scene.camera.width; ++x) {
      const int part = view.instance(x, y);
      if (part < 0) continue;
      const Vector3f ray(static_cast<float>((x - scene.camera.cx) / scene.camera.fx),
                         static_cast<float>((y - scene.camera.cy) / scene.camera.fy), 1);
      const Rgb8& albedo = view.rgb(x, y);
      input.incidence(x, y) = std::abs(view.normals(x, y).dot(ray.normalized()));
      input.reflectance(x, y) = static_cast<float>(albedo.r + albedo.g + albedo.b) / 765.0F;
      input.holes(x, y) =
          holes_of(scene.parts[static_cast<std::size_t>(part)].material, input.incidence(x, y));
    }
  }
  picture.depth_m = measure(input, scene.sensor, scene.seed ^ 0xdeb7U);
  picture.true_depth_m = std::move(view.depth_m);
  picture.part = std::move(view.instance);
  for (std::size_t i = 0; i < scene.parts.size(); ++i) {
    if (scene.parts[i].obj_id == 0) continue;
    picture.instances.push_back(
        truth_of(scene, renderer, static_cast<int>(i), picture.part, threads));
  }
  return picture;
}

}  // namespace sam6d::scenes
