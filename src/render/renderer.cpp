#include "sam6d/renderer.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/fail.hpp"
#include "base/parallel.hpp"
#include "render/mesh_scene.hpp"
#include "render/ray_caster.hpp"
#include "render/shading.hpp"

namespace sam6d {
namespace {

constexpr int kMaxLayers = 16;

/// Below this many rays starting threads costs more than it saves.
constexpr std::int64_t kRaysWorthThreads = 20'000;

void check_light(float value, const char* name) {
  if (!(value >= 0.0F && value <= 10.0F)) {
    fail(ErrorCode::kInvalidArgument, "{}: expected 0..10, found {}", name, value);
  }
}

Box whole_picture(const CameraIntrinsics& camera) { return {0, 0, camera.width, camera.height}; }

/// Calls body(y0) for the first row of every strip of the region.
template <class Body>
void for_each_strip(const Box& region, std::span<const PlacedMesh> placed, int threads,
                    const Body& body) {
  std::int64_t rays = 0;
  for (const PlacedMesh& mesh : placed) rays += mesh.box_px.area();
  const int strips = (region.height() + kStripRows - 1) / kStripRows;
  parallel_for(strips, rays < kRaysWorthThreads ? 1 : threads,
               [&](int strip) { body(region.y0 + strip * kStripRows); });
}

/// Fills pixels of all pictures of a Rendering from what the rays hit.
class Painter {
 public:
  Painter(const CameraIntrinsics& camera, std::span<const MeshScene> scenes,
          std::span<const RenderInstance> instances, const RenderOptions& options)
      : camera_(camera), scenes_(scenes), instances_(instances), options_(options) {
    const int w = camera.width;
    const int h = camera.height;
    picture_.depth_m = Image<float>(w, h, 0.0F);
    picture_.instance = Image<std::int32_t>(w, h, -1);
    if (options.color) picture_.rgb = Image<Rgb8>(w, h, options.background);
    if (options.object_coordinates) {
      picture_.object_xyz_m = Image<Eigen::Vector3f>(w, h, Eigen::Vector3f::Zero());
    }
    if (options.normals) {
      picture_.normals = Image<Eigen::Vector3f>(w, h, Eigen::Vector3f::Zero());
    }
  }

  void paint(int x, int y, const SurfaceHit& hit) {
    const RenderInstance& instance = instances_[static_cast<std::size_t>(hit.instance)];
    const TriangleMesh& mesh = scenes_[static_cast<std::size_t>(instance.mesh)].mesh();
    picture_.depth_m(x, y) = hit.depth_m;
    picture_.instance(x, y) = hit.instance;
    if (options_.object_coordinates) picture_.object_xyz_m(x, y) = point_at(mesh, hit);
    if (!options_.color && !options_.normals) return;

    const Eigen::Vector3d point = hit.depth_m * Eigen::Vector3d((x - camera_.cx) / camera_.fx,
                                                                (y - camera_.cy) / camera_.fy, 1.0);
    Eigen::Vector3f normal = instance.cam_from_obj.linear().cast<float>() * face_normal(mesh, hit);
    if (normal.dot(point.cast<float>()) > 0) normal = -normal;
    if (options_.normals) picture_.normals(x, y) = normal;
    if (options_.color) {
      const Eigen::Vector3f to_light =
          (Eigen::Vector3d(0, 0, -options_.light_behind_m) - point).normalized().cast<float>();
      const float light =
          options_.ambient + options_.head_light * std::max(0.0F, normal.dot(to_light));
      picture_.rgb(x, y) =
          lit(surface_color(mesh, hit, options_.base_color), light, options_.linear_light);
    }
  }

  [[nodiscard]] Rendering take() { return std::move(picture_); }

 private:
  const CameraIntrinsics& camera_;
  std::span<const MeshScene> scenes_;
  std::span<const RenderInstance> instances_;
  const RenderOptions& options_;
  Rendering picture_;
};

/// Merges the hits of one instance into the sorted depths of a pixel; 0 = no hit yet.
void insert_sorted(std::span<float> layers, float depth_m) {
  for (float& layer : layers) {
    if (layer == 0.0F || depth_m < layer) std::swap(layer, depth_m);
    if (depth_m == 0.0F) return;
  }
}

}  // namespace

struct Renderer::Impl {
  EmbreeDevice device;
  std::vector<MeshScene> scenes;
};

Renderer::Renderer(std::span<const TriangleMesh> meshes) {
  auto impl = std::make_unique<Impl>();
  impl->scenes.reserve(meshes.size());
  for (std::size_t i = 0; i < meshes.size(); ++i) {
    impl->scenes.emplace_back(impl->device, meshes[i], static_cast<int>(i));
  }
  impl_ = std::move(impl);
}

Renderer::~Renderer() = default;
Renderer::Renderer(Renderer&&) noexcept = default;
Renderer& Renderer::operator=(Renderer&&) noexcept = default;

Rendering Renderer::render(const CameraIntrinsics& camera,
                           std::span<const RenderInstance> instances,
                           const RenderOptions& options) const {
  validate(camera);
  check_light(options.ambient, "RenderOptions.ambient");
  check_light(options.head_light, "RenderOptions.head_light");
  if (!(options.light_behind_m >= 0) || !std::isfinite(options.light_behind_m)) {
    fail(ErrorCode::kInvalidArgument, "RenderOptions.light_behind_m: expected 0 or more, found {}",
         options.light_behind_m);
  }
  const Box region =
      options.box ? intersect(*options.box, whole_picture(camera)) : whole_picture(camera);
  const std::vector<PlacedMesh> placed = place(impl_->scenes, camera, instances, region);
  Painter painter(camera, impl_->scenes, instances, options);
  for_each_strip(region, placed, options.threads, [&](int y0) {
    std::vector<SurfaceHit> hits;
    cast_strip(camera, placed, region, y0, hits);
    const SurfaceHit* hit = hits.data();
    for (int y = y0; y < y0 + kStripRows; ++y) {
      for (int x = region.x0; x < region.x1; ++x, ++hit) {
        if (hit->instance >= 0) painter.paint(x, y, *hit);
      }
    }
  });
  return painter.take();
}

std::vector<Image<float>> Renderer::depth_layers(const CameraIntrinsics& camera,
                                                 std::span<const RenderInstance> instances,
                                                 int layers, int threads) const {
  validate(camera);
  if (layers < 1 || layers > kMaxLayers) {
    fail(ErrorCode::kInvalidArgument, "layers: expected 1..{}, found {}", kMaxLayers, layers);
  }
  // Where a ray meets the common edge of two faces both are hit, at depths that differ by rounding.
  constexpr float kSameHit = 2e-6F;
  const Box region = whole_picture(camera);
  const std::vector<PlacedMesh> placed = place(impl_->scenes, camera, instances, region);
  std::vector<Image<float>> pictures(static_cast<std::size_t>(layers),
                                     Image<float>(camera.width, camera.height, 0.0F));
  const auto merge = [&](int x, int y, float depth_m) {
    std::array<float, kMaxLayers> depths{};
    const std::span<float> pixel(depths.data(), pictures.size());
    for (std::size_t k = 0; k < pixel.size(); ++k) pixel[k] = pictures[k](x, y);
    insert_sorted(pixel, depth_m);
    for (std::size_t k = 0; k < pixel.size(); ++k) pictures[k](x, y) = pixel[k];
  };
  for_each_strip(region, placed, threads, [&](int y0) {
    const Box strip = intersect(region, Box{region.x0, y0, region.x1, y0 + kStripRows});
    for (const PlacedMesh& mesh : placed) {
      const Box box = intersect(mesh.box_px, strip);
      for (int x0 = box.x0; x0 < box.x1; x0 += RayTile::kSide) {
        RayTile tile(camera, mesh, x0, y0, box);
        for (int layer = 0; layer < layers; ++layer) {
          tile.cast(*mesh.scene);
          bool any = false;
          for (int ray = 0; ray < RayTile::kRays; ++ray) {
            if (!tile.hit(ray)) {
              tile.drop(ray);
              continue;
            }
            const float depth_m = tile.depth_m(ray);
            merge(x0 + ray % RayTile::kSide, y0 + ray / RayTile::kSide, depth_m);
            tile.set_range(ray, depth_m * (1.0F + kSameHit),
                           std::numeric_limits<float>::infinity());
            any = true;
          }
          if (!any) break;
        }
      }
    }
  });
  return pictures;
}

Image<std::uint8_t> Rendering::mask(int instance_index) const {
  Image<std::uint8_t> picture(instance.width(), instance.height());
  std::transform(instance.data(), instance.data() + instance.size(), picture.data(),
                 [&](std::int32_t found) -> std::uint8_t {
                   return found >= 0 && (instance_index < 0 || found == instance_index) ? 255 : 0;
                 });
  return picture;
}

}  // namespace sam6d
