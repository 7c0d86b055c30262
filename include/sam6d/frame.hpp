#pragma once

#include <optional>

#include "sam6d/camera.hpp"
#include "sam6d/export.hpp"
#include "sam6d/image.hpp"
#include "sam6d/mask.hpp"

namespace sam6d {

/// One RGB-D picture. Depth is registered to the colour picture: both have the camera's size.
struct Frame {
  ImageView<Rgb8> rgb;
  ImageView<float> depth_m;  ///< along the optical axis; 0 or NaN = no depth
  CameraIntrinsics camera;
  std::optional<Roi> roi;  ///< search here only, if given
};

/// Throws Error(kInvalidArgument) when a view is empty, sizes differ, a stride is shorter than a
/// row, the camera is not valid, or the region does not meet the picture.
SAM6D_API void validate(const Frame& frame);

}  // namespace sam6d
