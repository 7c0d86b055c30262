#pragma once

#include <filesystem>

#include "sam6d/camera.hpp"
#include "sam6d/frame_io.hpp"

namespace sam6d {

/// Where the parts of a frame came from, for error texts.
struct FrameSources {
  std::filesystem::path rgb;
  std::filesystem::path depth;
  std::filesystem::path camera;
};

/// Puts a frame together. The camera's size is the pictures' where it is 0. Throws Error(kBadFile)
/// when sizes differ or no pixel has depth.
[[nodiscard]] FrameData checked_frame(Image<Rgb8> rgb, Image<float> depth_m,
                                      const CameraIntrinsics& camera, const FrameSources& sources);

}  // namespace sam6d
