#pragma once

#include <vector>

#include <Eigen/Geometry>

#include "sam6d/detection.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/neural_pose_options.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/renderer.hpp"
#include "support/shapes.hpp"
#include "support/tiny_pem.hpp"

namespace sam6d::test {

inline NeuralPoseOptions synthetic_options() {
  NeuralPoseOptions options;
  options.weights = Weights::synthetic(Network::kPem);
  options.template_views = 4;
  options.search.threads = 1;
  return options;
}

/// A box as an object; with small views, or none.
inline ObjectModel box_object(ObjectId id, const Eigen::Vector3f& size_m, bool views = true) {
  TriangleMesh mesh = box(size_m, 6);
  mesh.vertex_colors.assign(mesh.vertices_m.size(), Rgb8{200, 100, 50});
  OnboardOptions options;
  options.render_views = views;
  options.templates.size_px = 96;
  options.surface_samples = 1500;
  return ObjectModel::onboard(id, mesh, options);
}

/// A picture of two boxes in the air, each in its own half, and their masks.
struct BoxPicture {
  CameraIntrinsics camera{200, 200, 79.5, 59.5, 160, 120};
  std::vector<TriangleMesh> meshes{box({0.10F, 0.06F, 0.03F}, 6), box({0.08F, 0.08F, 0.08F}, 6)};
  std::vector<RigidTransform> poses;
  Rendering picture;

  BoxPicture() {
    for (const double x : {-0.1, 0.1}) {
      RigidTransform pose = RigidTransform::Identity();
      pose.translate(Eigen::Vector3d(x, 0.02, 0.5));
      pose.rotate(Eigen::AngleAxisd(0.8, Eigen::Vector3d(1, 2, 0.5).normalized()));
      poses.push_back(pose);
    }
    const std::vector<RenderInstance> instances{{0, poses[0]}, {1, poses[1]}};
    picture = Renderer(meshes).render(camera, instances);
  }

  [[nodiscard]] Frame frame() const {
    return {picture.rgb.view(), picture.depth_m.view(), camera, {}};
  }
  [[nodiscard]] Detection detection(int instance, ObjectId object) const {
    Detection detection;
    detection.object = object;
    detection.mask = Mask::from_image(picture.mask(instance).view());
    detection.box_px = detection.mask.box();
    detection.score = 0.8F;
    return detection;
  }
};

}  // namespace sam6d::test
