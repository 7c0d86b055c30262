#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <Eigen/Core>

#include "object/color_feature.hpp"
#include "pose/support_planes.hpp"
#include "sam6d/camera.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/geometric_search.hpp"

namespace sam6d {

/// All that the search asks of a pixel, in one quarter of a cache line.
struct PixelFeatures {
  float z_m = 0;            ///< smoothed depth along the optical axis; 0 = no depth
  std::int8_t normal[3]{};  ///< towards the camera, times 127
  std::uint8_t plane = 0;   ///< 1 + index of the support plane that it lies on (or below); 0 = none
  ColorFeature color;
  std::uint16_t segment = 0;  ///< index of its smooth segment; 0 = none of note

  [[nodiscard]] Eigen::Vector3f normal_vector() const {
    return Eigen::Vector3f(normal[0], normal[1], normal[2]) * (1.0F / 127.0F);
  }
};
static_assert(sizeof(PixelFeatures) == 16);

/// A patch of surface without creases.
struct SmoothSegment {
  float extent_m = 0;  ///< along its main axis
  int pixels = 0;
};

/// A picture as the search sees it: at working resolution (large pictures are halved), smoothed,
/// with normals, support planes and smooth segments.
struct FrameFeatures {
  static constexpr int kMaxPlanes = 15;

  CameraIntrinsics camera;  ///< of the working resolution
  int reduction = 1;        ///< pixels of the caller's picture a side that make one
  Box region;               ///< where to search, working pixels
  std::vector<PixelFeatures> pixels;
  std::vector<SupportPlane> planes;
  std::vector<SmoothSegment> segments;  ///< [0] stands for none
  std::vector<float> full_depth_m;      ///< the caller's; 0 where there is none
  CameraIntrinsics full_camera;
  float noise_floor_m = 0;
  float noise_quadratic = 0;

  [[nodiscard]] float sigma_m(float z_m) const {
    return noise_floor_m + noise_quadratic * z_m * z_m;
  }
  [[nodiscard]] const PixelFeatures& at(int x, int y) const {
    return pixels[static_cast<std::size_t>(y) * static_cast<std::size_t>(camera.width) +
                  static_cast<std::size_t>(x)];
  }
  [[nodiscard]] Eigen::Vector3f point(int x, int y, float z_m) const {
    return {(static_cast<float>(x) - static_cast<float>(camera.cx)) * z_m /
                static_cast<float>(camera.fx),
            (static_cast<float>(y) - static_cast<float>(camera.cy)) * z_m /
                static_cast<float>(camera.fy),
            z_m};
  }
};

/// Smooths, fits planes and segments.
[[nodiscard]] FrameFeatures compute_frame_features(const Frame& frame,
                                                   const GeometricSearchOptions& options);

}  // namespace sam6d
