#include "render/ray_caster.hpp"

#include <algorithm>
#include <cmath>

#include "base/fail.hpp"

namespace sam6d {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

/// Pixels onto which a box in front of the camera can fall; the whole region for a box that reaches
/// behind the camera, none for one that is behind it.
Box projected_box(const Eigen::AlignedBox3f& bounds_m, const RigidTransform& cam_from_obj,
                  const CameraIntrinsics& camera, const Box& region) {
  constexpr double kNearest = 1e-6;
  constexpr double kMarginPx = 1.0;
  Eigen::AlignedBox2d seen;
  int behind = 0;
  for (int i = 0; i < 8; ++i) {
    const auto corner = static_cast<Eigen::AlignedBox3f::CornerType>(i);
    const Eigen::Vector3d p = cam_from_obj * bounds_m.corner(corner).cast<double>();
    if (p.z() < kNearest) {
      ++behind;
    } else {
      seen.extend(Eigen::Vector2d(camera.fx * p.x() / p.z() + camera.cx,
                                  camera.fy * p.y() / p.z() + camera.cy));
    }
  }
  if (behind == 8) return {};
  if (behind > 0) return region;
  const auto clamp_x = [&](double x) {
    return static_cast<int>(std::clamp<double>(x, region.x0, region.x1));
  };
  const auto clamp_y = [&](double y) {
    return static_cast<int>(std::clamp<double>(y, region.y0, region.y1));
  };
  return intersect(region, Box{clamp_x(std::floor(seen.min().x() - kMarginPx)),
                               clamp_y(std::floor(seen.min().y() - kMarginPx)),
                               clamp_x(std::ceil(seen.max().x() + kMarginPx) + 1),
                               clamp_y(std::ceil(seen.max().y() + kMarginPx) + 1)});
}

}  // namespace

std::vector<PlacedMesh> place(std::span<const MeshScene> scenes, const CameraIntrinsics& camera,
                              std::span<const RenderInstance> instances, const Box& region) {
  std::vector<PlacedMesh> placed;
  for (std::size_t i = 0; i < instances.size(); ++i) {
    const RenderInstance& instance = instances[i];
    if (instance.mesh < 0 || static_cast<std::size_t>(instance.mesh) >= scenes.size()) {
      fail(ErrorCode::kInvalidArgument, "instances[{}].mesh: expected 0..{}, found {}", i,
           static_cast<int>(scenes.size()) - 1, instance.mesh);
    }
    if (!instance.cam_from_obj.matrix().allFinite()) {
      fail(ErrorCode::kInvalidArgument,
           "instances[{}].cam_from_obj: expected finite numbers, found others", i);
    }
    const MeshScene& scene = scenes[static_cast<std::size_t>(instance.mesh)];
    const Box box = projected_box(scene.bounds_m(), instance.cam_from_obj, camera, region);
    if (box.empty()) continue;
    const RigidTransform obj_from_cam = instance.cam_from_obj.inverse();
    placed.push_back({&scene, static_cast<int>(i), obj_from_cam.linear(),
                      obj_from_cam.translation().cast<float>(), box});
  }
  return placed;
}

RayTile::RayTile(const CameraIntrinsics& camera, const PlacedMesh& placed, int x0, int y0,
                 const Box& region) {
  for (int row = 0; row < kSide; ++row) {
    const int y = y0 + row;
    const Eigen::Vector3d along_y =
        placed.obj_from_cam.col(1) * ((y - camera.cy) / camera.fy) + placed.obj_from_cam.col(2);
    for (int column = 0; column < kSide; ++column) {
      const int i = row * kSide + column;
      const int x = x0 + column;
      const Eigen::Vector3d direction =
          along_y + placed.obj_from_cam.col(0) * ((x - camera.cx) / camera.fx);
      valid_[i] = region.contains(x, y) ? -1 : 0;
      rays_.ray.org_x[i] = placed.camera_m.x();
      rays_.ray.org_y[i] = placed.camera_m.y();
      rays_.ray.org_z[i] = placed.camera_m.z();
      rays_.ray.dir_x[i] = static_cast<float>(direction.x());
      rays_.ray.dir_y[i] = static_cast<float>(direction.y());
      rays_.ray.dir_z[i] = static_cast<float>(direction.z());
      rays_.ray.time[i] = 0;
      rays_.ray.mask[i] = ~0U;
      rays_.ray.id[i] = 0;
      rays_.ray.flags[i] = 0;
      rays_.hit.instID[0][i] = RTC_INVALID_GEOMETRY_ID;
      set_range(i, 0, kInfinity);
    }
  }
}

void RayTile::set_range(int ray, float near_m, float far_m) {
  rays_.ray.tnear[ray] = near_m;
  rays_.ray.tfar[ray] = far_m;
  rays_.hit.geomID[ray] = RTC_INVALID_GEOMETRY_ID;
}

void RayTile::cast(const MeshScene& scene) { intersect16(scene.get(), valid_, rays_); }

bool RayTile::hit(int ray) const {
  return valid_[ray] != 0 && rays_.hit.geomID[ray] != RTC_INVALID_GEOMETRY_ID;
}

SurfaceHit RayTile::surface_hit(int ray, int instance) const {
  return {rays_.ray.tfar[ray], rays_.hit.u[ray], rays_.hit.v[ray], rays_.hit.primID[ray], instance};
}

void cast_strip(const CameraIntrinsics& camera, std::span<const PlacedMesh> placed,
                const Box& region, int y0, std::vector<SurfaceHit>& hits) {
  hits.assign(static_cast<std::size_t>(region.width()) * kStripRows, SurfaceHit{});
  const Box strip = intersect(region, Box{region.x0, y0, region.x1, y0 + kStripRows});
  for (const PlacedMesh& mesh : placed) {
    const Box box = intersect(mesh.box_px, strip);
    for (int x0 = box.x0; x0 < box.x1; x0 += RayTile::kSide) {
      RayTile tile(camera, mesh, x0, y0, box);
      const auto hit_of = [&](int ray) -> SurfaceHit& {
        const auto row = static_cast<std::size_t>(ray / RayTile::kSide);
        const auto column = static_cast<std::size_t>(x0 + ray % RayTile::kSide - region.x0);
        return hits[row * static_cast<std::size_t>(region.width()) + column];
      };
      for (int ray = 0; ray < RayTile::kRays; ++ray) {
        if (tile.active(ray)) tile.set_range(ray, 0, hit_of(ray).depth_m);
      }
      tile.cast(*mesh.scene);
      for (int ray = 0; ray < RayTile::kRays; ++ray) {
        if (tile.hit(ray) && tile.depth_m(ray) < hit_of(ray).depth_m) {
          hit_of(ray) = tile.surface_hit(ray, mesh.instance);
        }
      }
    }
  }
}

}  // namespace sam6d
