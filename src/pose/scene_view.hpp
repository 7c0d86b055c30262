#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "object/geometric_features.hpp"
#include "pose/frame_features.hpp"
#include "sam6d/mask.hpp"

namespace sam6d {

/// What a pixel is for one object.
enum class Surface : std::uint8_t {
  kForeground,  ///< may belong to the object
  kBackground,  ///< belongs to a surface larger than the object, or lies outside of the mask
  kSupport,     ///< the same, and nothing can be behind it
};

/// A picture as the search of one object sees it. Keeps references to the frame.
class SceneView {
 public:
  /// `mask` is in the pixels of the caller's picture; null = the whole picture.
  SceneView(const FrameFeatures& frame, float diameter_m, const Mask* mask);

  [[nodiscard]] const FrameFeatures& frame() const { return *frame_; }
  [[nodiscard]] int width() const { return frame_->camera.width; }
  [[nodiscard]] int height() const { return frame_->camera.height; }
  [[nodiscard]] const PixelFeatures& pixel(int x, int y) const {
    return pixels_[static_cast<std::ptrdiff_t>(y) * width() + x];
  }
  [[nodiscard]] Surface surface(const PixelFeatures& pixel) const { return classes_[pixel.plane]; }
  [[nodiscard]] float fx() const { return fx_; }
  [[nodiscard]] float fy() const { return fy_; }
  [[nodiscard]] float cx() const { return cx_; }
  [[nodiscard]] float cy() const { return cy_; }
  [[nodiscard]] Eigen::Vector3f point(int x, int y, float z_m) const {
    return {(static_cast<float>(x) - cx_) * z_m / fx_, (static_cast<float>(y) - cy_) * z_m / fy_,
            z_m};
  }
  /// The planes that are longer than the object and that nothing can be behind.
  [[nodiscard]] const std::vector<const SupportPlane*>& supports() const { return supports_; }

 private:
  static constexpr std::uint8_t kOutsideMask = FrameFeatures::kMaxPlanes;

  const FrameFeatures* frame_;
  const PixelFeatures* pixels_;
  std::vector<PixelFeatures> masked_;  // a copy, when there is a mask
  std::array<Surface, FrameFeatures::kMaxPlanes + 1> classes_{};
  std::vector<const SupportPlane*> supports_;
  float fx_;
  float fy_;
  float cx_;
  float cy_;

 public:
  SceneView(const SceneView&) = delete;
  SceneView& operator=(const SceneView&) = delete;
};

/// An oriented point of the picture.
struct ScenePoint {
  Eigen::Vector3f position_m = Eigen::Vector3f::Zero();
  Eigen::Vector3f normal = Eigen::Vector3f::Zero();
  ColorFeature color;
};

struct ScenePointOptions {
  float voxel_m = 0;
  Box region;  ///< working pixels
  bool use_color = true;
  /// Per block of 4 x 4 working pixels (row-major, (width + 3) / 4 a row): non-zero = already
  /// explained by another object. Empty = nothing is.
  std::span<const std::uint8_t> explained;
};

/// One point per voxel of what may belong to the object: foreground, of a colour that the object
/// has, and in no smooth segment that is longer than it.
[[nodiscard]] std::vector<ScenePoint> scene_points(const SceneView& scene,
                                                   const GeometricFeatures& object,
                                                   const ScenePointOptions& options);

}  // namespace sam6d
