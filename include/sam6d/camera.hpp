#pragma once

#include "sam6d/export.hpp"

namespace sam6d {

/// A pinhole camera without distortion in the OpenCV frame (x right, y down, z forward). Pixel
/// centres are at whole-number coordinates: a point (x, y, z) falls on
/// (fx x / z + cx, fy y / z + cy).
struct CameraIntrinsics {
  double fx = 0;   ///< px
  double fy = 0;   ///< px
  double cx = 0;   ///< px
  double cy = 0;   ///< px
  int width = 0;   ///< px
  int height = 0;  ///< px

  friend bool operator==(const CameraIntrinsics&, const CameraIntrinsics&) = default;
};

/// Throws Error(kInvalidArgument) unless every number is finite, the focal lengths are positive and
/// the size is in 1..16384.
SAM6D_API void validate(const CameraIntrinsics& camera);

}  // namespace sam6d
