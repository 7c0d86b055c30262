#pragma once

#include <algorithm>
#include <cmath>
#include <string>

#include "base/fail.hpp"
#include "sam6d/viz.hpp"

namespace sam6d {

/// Sizes that suit a picture.
struct Style {
  double line_px = 1.5;
  double halo_px = 1.0;  ///< dark rim on either side of a line
  double text_px = 9.0;  ///< height of capital letters
};

inline Style style_for(int width, int height, double line_width_px = 0) {
  constexpr double kUsualPixels = 640.0 * 480.0;
  const double unit = std::sqrt(static_cast<double>(width) * height / kUsualPixels);
  Style style;
  style.line_px = line_width_px > 0 ? line_width_px : std::max(1.0, 1.5 * unit);
  style.halo_px = std::max(0.75, unit);
  style.text_px = std::max(7.0, 9.0 * unit);
  return style;
}

inline void require_photo(const ImageView<Rgb8>& rgb) {
  if (rgb.empty()) fail(ErrorCode::kInvalidArgument, "rgb: expected a picture, found an empty one");
}

inline void require_photo(const ImageView<Rgb8>& rgb, const CameraIntrinsics& camera) {
  require_photo(rgb);
  validate(camera);
  if (rgb.width != camera.width || rgb.height != camera.height) {
    fail(ErrorCode::kInvalidArgument, "rgb: expected the camera's size {} x {}, found {} x {}",
         camera.width, camera.height, rgb.width, rgb.height);
  }
}

inline std::string label_text(const std::string& name, ObjectId object, double score) {
  return fmt::format("{}  {:.2f}", name.empty() ? fmt::format("object {}", object) : name, score);
}

}  // namespace sam6d
