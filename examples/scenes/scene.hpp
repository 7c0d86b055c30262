#pragma once

#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "sam6d/camera.hpp"
#include "sam6d/detection.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/image.hpp"
#include "sam6d/mask.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/transform.hpp"
#include "scenes/sensor.hpp"

/// A scene and the RGB-D picture of it, with everything known.
namespace sam6d::scenes {

struct Material {
  float specular = 0.15F;  ///< strength of the highlight
  float depth_holes = 0;   ///< see SensorInput::holes; for dark and shiny surfaces
};

struct ScenePart {
  int mesh = 0;         ///< index into SceneDescription::meshes
  ObjectId obj_id = 0;  ///< 0 = furniture, clutter
  RigidTransform world_from_obj = RigidTransform::Identity();
  Material material;
};

struct Light {
  Eigen::Vector3d position_m{0.6, -0.5, 1.6};  ///< world
  float strength = 0.75F;
  float ambient = 0.35F;
  Eigen::Vector3f tint{1, 1, 1};
};

/// The world has z up; gravity points along -z.
struct SceneDescription {
  std::vector<TriangleMesh> meshes;
  std::vector<ScenePart> parts;
  CameraIntrinsics camera;
  RigidTransform cam_from_world = RigidTransform::Identity();
  Eigen::Vector3d target_m = Eigen::Vector3d::Zero();  ///< world; what light and camera look at
  double radius_m = 0.6;                               ///< shadows are cast this far around it
  Light light;
  SensorModel sensor;
  Rgb8 background{60, 62, 66};  ///< where there is nothing
  double color_noise = 2.5;     ///< standard deviation, of 255
  std::uint64_t seed = 0;       ///< of the noise

  /// Adds a mesh and one part that shows it; returns the part's index.
  int add(TriangleMesh mesh, const RigidTransform& world_from_obj, ObjectId obj_id = 0,
          const Material& material = {});
};

/// Looks from `eye` at `target`, the world's up being up in the picture.
[[nodiscard]] RigidTransform look_at(const Eigen::Vector3d& eye_m, const Eigen::Vector3d& target_m);

/// A part with an obj_id, as the picture shows it. From the exact geometry, not from the noisy
/// depth.
struct InstanceTruth {
  ObjectId obj_id = 0;
  int part = 0;
  RigidTransform cam_from_obj = RigidTransform::Identity();
  Mask mask;               ///< whole silhouette, within the picture
  Mask mask_visib;         ///< visible part
  double visib_fract = 0;  ///< visible / silhouette pixels, those outside of the picture included
  std::int64_t px_count_all = 0;
};

struct ScenePicture {
  CameraIntrinsics camera;
  Image<Rgb8> rgb;
  Image<float> depth_m;  ///< as the sensor gives it
  Image<float> true_depth_m;
  Image<std::int32_t> part;  ///< index of the part seen, -1 = none
  std::vector<InstanceTruth> instances;

  [[nodiscard]] Frame frame() const { return {rgb.view(), depth_m.view(), camera, {}}; }
};

/// Renders colour (one light with soft shadows and highlights, ambient light, noise) and measures
/// depth. The same description gives the same picture.
[[nodiscard]] ScenePicture take_picture(const SceneDescription& scene, int threads = 0);

}  // namespace sam6d::scenes
