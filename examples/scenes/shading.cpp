#include "scenes/shading.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Geometry>

#include "scenes/random.hpp"

namespace sam6d::scenes {
namespace {

using Eigen::Vector3d;
using Eigen::Vector3f;

std::vector<RenderInstance> seen_from(const SceneDescription& scene,
                                      const RigidTransform& view_from_world) {
  std::vector<RenderInstance> instances;
  for (const ScenePart& part : scene.parts) {
    instances.push_back({part.mesh, view_from_world * part.world_from_obj});
  }
  return instances;
}

/// What the light sees: a point that lies behind it is in the shadow.
class ShadowMap {
 public:
  ShadowMap(const SceneDescription& scene, const Renderer& renderer, int threads)
      : light_from_world_(look_at(scene.light.position_m, scene.target_m)) {
    constexpr int kSize = 1024;
    const double distance = (scene.light.position_m - scene.target_m).norm();
    const double focal = 0.5 * kSize * distance / scene.radius_m;
    camera_ = {focal, focal, 0.5 * kSize, 0.5 * kSize, kSize, kSize};
    RenderOptions options;
    options.color = false;
    options.threads = threads;
    depth_ = renderer.render(camera_, seen_from(scene, light_from_world_), options).depth_m;
  }

  /// Share of the light that arrives, averaged over the map's neighbouring pixels.
  [[nodiscard]] float lit(const Vector3d& world, float cosine) const {
    const Vector3d p = light_from_world_ * world;
    if (p.z() <= 0) return 1;
    const double u = camera_.fx * p.x() / p.z() + camera_.cx;
    const double v = camera_.fy * p.y() / p.z() + camera_.cy;
    const auto x0 = static_cast<int>(std::lround(u));
    const auto y0 = static_cast<int>(std::lround(v));
    const double pixel_m = p.z() / camera_.fx;
    const double bias = 0.002 + 3 * pixel_m / std::max(0.15, static_cast<double>(std::abs(cosine)));
    constexpr int kSoft = 2;
    int open = 0;
    int count = 0;
    for (int y = y0 - kSoft; y <= y0 + kSoft; ++y) {
      for (int x = x0 - kSoft; x <= x0 + kSoft; ++x) {
        ++count;
        if (x < 0 || y < 0 || x >= camera_.width || y >= camera_.height) {
          ++open;
          continue;
        }
        const float near = depth_(x, y);
        open += near <= 0 || static_cast<double>(near) > p.z() - bias ? 1 : 0;
      }
    }
    return static_cast<float>(open) / static_cast<float>(count);
  }

 private:
  RigidTransform light_from_world_;
  CameraIntrinsics camera_;
  Image<float> depth_;
};

Vector3f as_vector(const Rgb8& color) { return Vector3f(color.r, color.g, color.b) / 255.0F; }

}  // namespace

Image<Rgb8> shade(const SceneDescription& scene, const Renderer& renderer, int threads) {
  // Twice the resolution, so that edges come out smooth.
  const CameraIntrinsics& camera = scene.camera;
  const CameraIntrinsics fine = {2 * camera.fx,       2 * camera.fy,    2 * camera.cx + 0.5,
                                 2 * camera.cy + 0.5, 2 * camera.width, 2 * camera.height};
  RenderOptions options;
  options.normals = true;
  options.ambient = 1;
  options.head_light = 0;
  options.background = scene.background;
  options.threads = threads;
  const Rendering view = renderer.render(fine, seen_from(scene, scene.cam_from_world), options);
  const ShadowMap shadows(scene, renderer, threads);

  const RigidTransform world_from_cam = scene.cam_from_world.inverse();
  const Vector3f light = (scene.cam_from_world * scene.light.position_m).cast<float>();
  const Vector3f up = (scene.cam_from_world.linear() * Vector3d::UnitZ()).cast<float>();
  Image<Vector3f> sums(camera.width, camera.height, Vector3f::Zero());
  for (int y = 0; y < fine.height; ++y) {
    for (int x = 0; x < fine.width; ++x) {
      Vector3f color = as_vector(view.rgb(x, y));
      const int part = view.instance(x, y);
      if (part >= 0) {
        const float z = view.depth_m(x, y);
        const Vector3f point(z * static_cast<float>((x - fine.cx) / fine.fx),
                             z * static_cast<float>((y - fine.cy) / fine.fy), z);
        const Vector3f normal = view.normals(x, y);
        const Vector3f to_light = (light - point).normalized();
        const Vector3f to_camera = -point.normalized();
        const float cosine = normal.dot(to_light);
        float direct = 0;
        if (cosine > 0) direct = shadows.lit(world_from_cam * point.cast<double>(), cosine);
        const float diffuse = scene.light.strength * direct * std::max(0.0F, cosine);
        const float around = scene.light.ambient * (0.75F + 0.25F * normal.dot(up)) +
                             0.12F * std::max(0.0F, normal.dot(to_camera));
        const float gloss = std::max(0.0F, normal.dot((to_light + to_camera).normalized()));
        const float highlight = scene.parts[static_cast<std::size_t>(part)].material.specular *
                                direct * std::pow(gloss, 40.0F);
        color = color * (diffuse + around) + Vector3f::Constant(highlight);
      }
      sums(x / 2, y / 2) += 0.25F * color.cwiseProduct(scene.light.tint);
    }
  }

  Random random(scene.seed ^ 0xc0105U);
  Image<Rgb8> rgb(camera.width, camera.height);
  for (int y = 0; y < camera.height; ++y) {
    for (int x = 0; x < camera.width; ++x) {
      const Vector3f& color = sums(x, y);
      const auto channel = [&](float value) {
        const double noisy = 255 * static_cast<double>(value) + scene.color_noise * random.normal();
        return static_cast<std::uint8_t>(std::lround(std::clamp(noisy, 0.0, 255.0)));
      };
      rgb(x, y).r = channel(color.x());
      rgb(x, y).g = channel(color.y());
      rgb(x, y).b = channel(color.z());
    }
  }
  return rgb;
}

}  // namespace sam6d::scenes
