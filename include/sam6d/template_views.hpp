#pragma once

#include <vector>

#include <Eigen/Core>

#include "sam6d/camera.hpp"
#include "sam6d/export.hpp"
#include "sam6d/image.hpp"
#include "sam6d/mask.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/transform.hpp"

namespace sam6d {

/// A picture of an object alone, cropped to its box.
struct TemplateView {
  RigidTransform cam_from_obj = RigidTransform::Identity();
  CameraIntrinsics camera;              ///< of the whole picture
  Box box_px;                           ///< where the crop lies in the whole picture
  Image<Rgb8> rgb;                      ///< of the box's size; black outside of the mask
  Image<std::uint8_t> mask;             ///< 0 or 255
  Image<Eigen::Vector3f> object_xyz_m;  ///< visible surface; zero outside of the mask
};

/// Camera poses `obj_from_cam` on the icosphere, in the order in which SAM-6D numbers its template
/// files: 42, 162 or 642 views (level 0, 1, 2), looking at the origin from the given distance.
/// Throws Error(kInvalidArgument) for other numbers.
[[nodiscard]] SAM6D_API std::vector<RigidTransform> icosphere_views(int count, double distance_m);

struct TemplateOptions {
  int views = 42;                  ///< 42, 162 or 642
  int size_px = 512;               ///< pictures are square; 16..2048
  double fov_rad = 0.691111;       ///< horizontal, as SAM-6D's renderer; 0.05..2.5
  Rgb8 base_color{170, 170, 170};  ///< of surfaces that have none
  int threads = 0;                 ///< 0 = one a core

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

/// Renders the views as SAM-6D does: the camera stands at 4 r from the CAD origin, r being the
/// distance from there to the farther of the bounding box's least and greatest corner; the only
/// light stands on the camera's axis, 1.5 times as far behind the camera as that is from the
/// origin. A view that shows nothing, such as a flat part's from its edge, has empty pictures.
/// Throws Error(kBadMesh) for a mesh that cannot be rendered, Error(kCancelled).
[[nodiscard]] SAM6D_API std::vector<TemplateView> render_templates(
    const TriangleMesh& mesh, const TemplateOptions& options = {}, const ProgressFn& progress = {});

}  // namespace sam6d
