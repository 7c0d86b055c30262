#include "render/z_buffer.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "sam6d/renderer.hpp"
#include "scenes/procedural_meshes.hpp"

namespace sam6d {

TEST_CASE("the z-buffer draws what the ray caster draws") {
  // Rays that pass an edge may fall to either side of it.
  constexpr double kMostDifferent = 0.02;  // of the pixels
  constexpr float kSameDepth = 1e-5F;      // m, single precision at 0.5 m
  const scenes::ShapeModel mug = scenes::make_shape(scenes::ShapeKind::kMug, 0.12, 1, 32);
  const CameraIntrinsics camera{300, 310, 80, 60, 160, 120};
  RigidTransform pose = RigidTransform::Identity();
  pose.linear() = Eigen::AngleAxisd(1.1, Eigen::Vector3d(1, 2, 3).normalized()).toRotationMatrix();
  pose.translation() = Eigen::Vector3d(0.05, -0.04, 0.5);  // partly outside of the picture
  const Renderer renderer(std::span(&mug.mesh, 1));
  const std::vector<RenderInstance> instances = {{0, pose}};
  const Rendering truth = renderer.render(camera, instances);

  for (const int step : {1, 2}) {
    ProjectedVertices scratch;
    ZBuffer buffer;
    rasterize(mug.mesh.vertices_m, mug.mesh.faces, pose.linear().cast<float>(),
              pose.translation().cast<float>(), camera, Box{0, 0, camera.width, camera.height},
              step, scratch, buffer);
    REQUIRE_FALSE(buffer.empty());
    int drawn = 0;
    int different = 0;
    for (int row = 0; row < buffer.height; ++row) {
      for (int column = 0; column < buffer.width; ++column) {
        const float inverse = buffer.at(column, row);
        const float z = truth.depth_m(buffer.x0 + column * step, buffer.y0 + row * step);
        if (inverse > 0 || z > 0) ++drawn;
        if ((inverse > 0) != (z > 0) ||
            (inverse > 0 && std::abs(1.0F / inverse - z) > kSameDepth)) {
          ++different;
        }
      }
    }
    CHECK(drawn > 500);
    CHECK(different <= kMostDifferent * drawn);
  }
}

TEST_CASE("an object behind the camera or beside the picture leaves the z-buffer empty") {
  const scenes::ShapeModel box = scenes::make_shape(scenes::ShapeKind::kPlainBox, 0.1, 1, 16);
  const CameraIntrinsics camera{300, 300, 80, 60, 160, 120};
  for (const Eigen::Vector3f& place : {Eigen::Vector3f(0, 0, -1), Eigen::Vector3f(3, 0, 1)}) {
    ProjectedVertices scratch;
    ZBuffer buffer;
    rasterize(box.mesh.vertices_m, box.mesh.faces, Eigen::Matrix3f::Identity(), place, camera,
              Box{0, 0, 160, 120}, 1, scratch, buffer);
    CHECK(buffer.empty());
  }
}

}  // namespace sam6d
