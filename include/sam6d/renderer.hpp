#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "sam6d/camera.hpp"
#include "sam6d/export.hpp"
#include "sam6d/image.hpp"
#include "sam6d/mask.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/transform.hpp"

namespace sam6d {

/// One mesh somewhere in front of the camera.
struct RenderInstance {
  int mesh = 0;  ///< index into the meshes that the Renderer was made from
  RigidTransform cam_from_obj = RigidTransform::Identity();
};

struct RenderOptions {
  // Which pictures to fill; depth and instance always are.
  bool color = true;
  bool object_coordinates = false;
  bool normals = false;

  /// Light that falls from everywhere, 0..1 of the surface's colour.
  float ambient = 0.35F;
  /// Light from the camera, times the cosine of the angle of incidence.
  float head_light = 0.65F;
  /// How far behind the camera, on its axis, the head light stands.
  double light_behind_m = 0;
  /// Multiply light and colour as physical renderers do, after undoing sRGB's transfer curve, which
  /// makes slanted surfaces brighter.
  bool linear_light = false;
  /// Colour of surfaces that have none.
  Rgb8 base_color{170, 170, 170};
  Rgb8 background{0, 0, 0};
  /// Render these pixels only; the pictures keep the camera's size.
  std::optional<Box> box;
  int threads = 0;  ///< 0 = one a core
};

/// Pictures of the camera's size. Rays go through whole-number pixel coordinates; the nearest hit
/// counts, both faces of a triangle do, nothing is smoothed.
struct Rendering {
  Image<Rgb8> rgb;
  Image<float> depth_m;                 ///< along the optical axis; 0 = nothing hit
  Image<Eigen::Vector3f> object_xyz_m;  ///< frame of the object that was hit
  Image<Eigen::Vector3f> normals;       ///< camera frame, unit, towards the camera
  Image<std::int32_t> instance;         ///< index of the instance, -1 = nothing hit

  /// 255 where the instance is visible (-1: any).
  [[nodiscard]] SAM6D_API Image<std::uint8_t> mask(int instance_index = -1) const;
};

/// Renders meshes by casting rays (Embree). Immutable; const methods may be called from several
/// threads. An instance that is placed in front of others hides them; of two surfaces at exactly
/// the same depth the instance that comes first in the list is seen.
class SAM6D_API Renderer {
 public:
  /// Copies the meshes. Throws Error(kBadMesh) for a mesh without faces or with indices out of
  /// range, Error(kDevice) or Error(kOutOfMemory) when Embree cannot work.
  explicit Renderer(std::span<const TriangleMesh> meshes);
  ~Renderer();
  Renderer(Renderer&&) noexcept;
  Renderer& operator=(Renderer&&) noexcept;

  /// Throws Error(kInvalidArgument) for a camera, a mesh number or a pose that cannot be used.
  [[nodiscard]] Rendering render(const CameraIntrinsics& camera,
                                 std::span<const RenderInstance> instances,
                                 const RenderOptions& options = {}) const;

  /// Depths along the optical axis of the first to `layers`-th hit (1..16), nearest first; 0 = no
  /// such hit. Hits of one instance that are closer than 2 micrometres a metre count as one.
  [[nodiscard]] std::vector<Image<float>> depth_layers(const CameraIntrinsics& camera,
                                                       std::span<const RenderInstance> instances,
                                                       int layers, int threads = 0) const;

 private:
  struct Impl;
  std::unique_ptr<const Impl> impl_;
};

}  // namespace sam6d
