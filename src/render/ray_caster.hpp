#pragma once

#include <limits>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "render/mesh_scene.hpp"
#include "sam6d/camera.hpp"
#include "sam6d/mask.hpp"
#include "sam6d/renderer.hpp"

namespace sam6d {

/// Rows that are worked on together, by one thread.
constexpr int kStripRows = 4;

/// What a ray hits first.
struct SurfaceHit {
  float depth_m = std::numeric_limits<float>::infinity();
  float u = 0;  ///< barycentric: (1 - u - v) a + u b + v c
  float v = 0;
  unsigned face = 0;
  int instance = -1;
};

/// An instance, seen from the camera.
struct PlacedMesh {
  const MeshScene* scene = nullptr;
  int instance = 0;
  Eigen::Matrix3d obj_from_cam;  ///< rotation
  Eigen::Vector3f camera_m;      ///< the camera's centre in the object's frame
  Box box_px;                    ///< holds every pixel whose ray can hit the mesh
};

/// The instances that can be seen in the region. Throws Error(kInvalidArgument) for an unknown mesh
/// or a pose that is not finite.
[[nodiscard]] std::vector<PlacedMesh> place(std::span<const MeshScene> scenes,
                                            const CameraIntrinsics& camera,
                                            std::span<const RenderInstance> instances,
                                            const Box& region);

/// A block of 4 x 4 rays through whole-number pixel coordinates. Directions have length 1 along the
/// optical axis, so that distances along the rays are depths.
class RayTile {
 public:
  RayTile(const CameraIntrinsics& camera, const PlacedMesh& placed, int x0, int y0,
          const Box& region);

  static constexpr int kSide = 4;
  static constexpr int kRays = kSide * kSide;

  /// Which rays to cast; a ray outside of the region is never cast.
  void set_range(int ray, float near_m, float far_m);
  void drop(int ray) { valid_[ray] = 0; }
  [[nodiscard]] bool active(int ray) const { return valid_[ray] != 0; }
  void cast(const MeshScene& scene);

  [[nodiscard]] bool hit(int ray) const;
  [[nodiscard]] float depth_m(int ray) const { return rays_.ray.tfar[ray]; }
  [[nodiscard]] SurfaceHit surface_hit(int ray, int instance) const;

 private:
  alignas(64) int valid_[kRays];
  RTCRayHit16 rays_;
};

/// First hits of all rays in rows y0 .. y0 + kStripRows - 1 of the region; `hits` holds the
/// region's columns, row after row, and is overwritten. Of equally near ones the instance that
/// comes first is taken.
void cast_strip(const CameraIntrinsics& camera, std::span<const PlacedMesh> placed,
                const Box& region, int y0, std::vector<SurfaceHit>& hits);

}  // namespace sam6d
