#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include <Eigen/Core>

#include "sam6d/template_views.hpp"

namespace sam6d {

/// A template view without what can be computed again: a bit a pixel for the mask, and colour and
/// coordinates of the mask's pixels only. Ten times smaller than the view.
struct PackedView {
  enum class Coordinates {
    kDepth,  ///< one value a pixel, along the optical axis; the pixel's ray gives the rest
    kXyz,    ///< three values a pixel, for views whose camera is not exactly known
  };

  RigidTransform cam_from_obj = RigidTransform::Identity();
  CameraIntrinsics camera;
  Box box_px;
  std::vector<std::uint8_t> mask_bits;  ///< of the box, row after row, lowest bit first
  std::vector<Rgb8> colors;             ///< of the mask's pixels, in that order
  Coordinates coordinates = Coordinates::kDepth;
  // A coordinate is offset_m + step_m times the value; depth uses the first component alone.
  Eigen::Vector3d offset_m = Eigen::Vector3d::Zero();
  Eigen::Vector3d step_m = Eigen::Vector3d::Zero();
  std::vector<std::uint16_t> values;
};

/// Throws Error(kInvalidArgument), naming `what`, for a view whose pictures are not of its box's
/// size, whose camera or pose cannot be used, or that has coordinates without meaning.
void check_view(const TemplateView& view, std::string_view what);

/// Coordinates stay within a 5,000th of the camera's distance, a seventh of a template's pixel
/// (kDepth; rendered ones within a 20,000th), or 1/131,070 of their range (kXyz).
[[nodiscard]] PackedView pack(const TemplateView& view);

/// The view must hold together: as many colours and values as mask bits, a valid camera.
[[nodiscard]] TemplateView unpack(const PackedView& packed);

}  // namespace sam6d
