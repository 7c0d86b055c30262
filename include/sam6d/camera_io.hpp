#pragma once

#include <filesystem>

#include "sam6d/camera.hpp"
#include "sam6d/export.hpp"

namespace sam6d {

/// What a camera file says.
struct CameraFile {
  /// Width and height are 0 where the file does not give them.
  CameraIntrinsics intrinsics;
  /// Values of the depth picture times this are millimetres.
  double depth_scale = 1;

  friend bool operator==(const CameraFile&, const CameraFile&) = default;
};

/// Reads {"cam_K": [9 numbers, row-major, or three rows of three], "depth_scale": s}, optionally
/// with "width" and "height"; also BOP's camera.json with "fx", "fy", "cx", "cy" instead of cam_K.
///
/// Throws Error(kFileNotFound), or Error(kBadFile) that names file and member: numbers that are
/// missing, not finite or not positive where they must be, a skewed matrix, and cameras that this
/// library's model does not cover: distortion coefficients that are not 0, fisheye models,
/// members that say that pictures are distorted or that depth is not registered to colour.
[[nodiscard]] SAM6D_API CameraFile load_camera(const std::filesystem::path& path);

/// Writes such a file; width and height only where they are positive.
SAM6D_API void save_camera(const std::filesystem::path& path, const CameraFile& camera);

}  // namespace sam6d
