#pragma once

#include <map>
#include <span>
#include <string>

#include "sam6d/camera.hpp"
#include "sam6d/detection.hpp"
#include "sam6d/export.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/image.hpp"
#include "sam6d/object_model.hpp"
#include "sam6d/pose.hpp"

/// Pictures from which a person sees at a glance whether detections and poses are right.
///
/// Line widths and letters grow with the picture. Every function returns a new picture of the
/// photo's size unless it says otherwise, and throws Error(kInvalidArgument) for an empty photo or
/// one of another size than the camera's. Objects that are not in the picture are left out.
namespace sam6d {

/// What to call objects in labels; those without a name are called "object 7". Letters other than
/// ASCII are drawn as '?'.
using ObjectNames = std::map<ObjectId, std::string>;

/// The colour in which an object is drawn: the palette of Okabe and Ito (2008), which colour-blind
/// people can tell apart, then lighter and darker shades of it.
[[nodiscard]] SAM6D_API Rgb8 object_color(ObjectId object) noexcept;

struct OverlayOptions {
  bool masks = true;         ///< light tint and outline of the detections' masks
  bool contours = true;      ///< outline and inner edges of the CAD model at its pose
  bool axes = true;          ///< x red, y green, z blue, at the origin of the CAD model
  bool boxes = true;         ///< the 3D bounding box; edges at the back are fainter
  bool labels = true;        ///< name and score
  float tint = 0.22F;        ///< how much of the mask's colour covers the photo, 0..1
  double line_width_px = 0;  ///< 0 = by the picture's size (1.5 at 640 x 480)
  int threads = 0;           ///< 0 = one a core

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

/// Masks (or, for detections without one, boxes) with names and scores.
[[nodiscard]] SAM6D_API Image<Rgb8> draw_detections(const ImageView<Rgb8>& rgb,
                                                    std::span<const Detection> detections,
                                                    const ObjectNames& names = {},
                                                    const OverlayOptions& options = {});

/// The poses drawn onto the photo. Results without a pose show their mask only.
[[nodiscard]] SAM6D_API Image<Rgb8> draw_poses(const ImageView<Rgb8>& rgb,
                                               const CameraIntrinsics& camera,
                                               std::span<const ObjectModel> objects,
                                               std::span<const PoseResult> results,
                                               const OverlayOptions& options = {});

/// The CAD models rendered at their poses over the dimmed photo.
[[nodiscard]] SAM6D_API Image<Rgb8> draw_render(const ImageView<Rgb8>& rgb,
                                                const CameraIntrinsics& camera,
                                                std::span<const ObjectModel> objects,
                                                std::span<const PoseResult> results,
                                                const OverlayOptions& options = {});

/// draw_poses() to the left of draw_render(), with captions; see side_by_side() for its size.
[[nodiscard]] SAM6D_API Image<Rgb8> draw_photo_and_render(const ImageView<Rgb8>& rgb,
                                                          const CameraIntrinsics& camera,
                                                          std::span<const ObjectModel> objects,
                                                          std::span<const PoseResult> results,
                                                          const OverlayOptions& options = {});

/// How far the measured depth lies behind (red) or in front of (blue) the rendered one, with a
/// scale; white = equal, grey = rendered but not measured. Colours saturate at `range_m`.
[[nodiscard]] SAM6D_API Image<Rgb8> draw_depth_residual(const Frame& frame,
                                                        std::span<const ObjectModel> objects,
                                                        std::span<const PoseResult> results,
                                                        double range_m = 0.02, int threads = 0);

/// The pictures from left to right with a gap between them, smaller ones in the middle of their
/// column; with captions (one a picture, or none) in a strip above them.
[[nodiscard]] SAM6D_API Image<Rgb8> side_by_side(std::span<const Image<Rgb8>> pictures,
                                                 std::span<const std::string> captions = {});

}  // namespace sam6d
