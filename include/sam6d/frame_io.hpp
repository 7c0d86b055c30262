#pragma once

#include <filesystem>

#include "sam6d/camera.hpp"
#include "sam6d/export.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/image.hpp"

namespace sam6d {

/// The pixels of an RGB-D picture; what a Frame only looks at.
struct FrameData {
  Image<Rgb8> rgb;
  Image<float> depth_m;  ///< along the optical axis; 0 = no depth
  CameraIntrinsics camera;

  /// Valid as long as this object lives and is not changed.
  [[nodiscard]] Frame view() const { return {rgb.view(), depth_m.view(), camera, std::nullopt}; }
};

/// Reads the three files of an RGB-D picture (see load_rgb, load_depth, load_camera). Also throws
/// Error(kBadFile) when their sizes differ or when no pixel has depth.
[[nodiscard]] SAM6D_API FrameData load_frame(const std::filesystem::path& rgb,
                                             const std::filesystem::path& depth,
                                             const std::filesystem::path& camera);

}  // namespace sam6d
