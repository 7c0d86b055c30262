#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "nets/pem_config.hpp"
#include "sam6d/image.hpp"
#include "sam6d/mask.hpp"

/// Pictures of single objects as SAM-6D's pose estimation model takes them, detections and
/// templates alike. The weights were trained with all of it, so that none of it can be chosen:
/// squares of 224 pixels, black outside of the mask, channels in the order blue, green, red.
namespace sam6d {

/// Side of the picture that goes into the network, px.
inline constexpr int kNetworkSide = static_cast<int>(nets::kPemImageSize);

/// The square around the pixels in `extent` (not empty, inside the picture).
///
/// The reference's square has a side of at most the picture's shorter one, shifted back into the
/// picture, and half of it is rounded down: an odd extent loses a row or column of the mask, and
/// one that is longer than the shorter side is cut. Weights saw such squares, but nothing in them
/// hangs on the loss, so that it is mended unless `reference_quirks` asks for it: the side is
/// rounded up, and may reach over the picture's edges, where the crop is black as it is outside of
/// the mask.
[[nodiscard]] Box crop_box(const Box& extent, int picture_width, int picture_height,
                           bool reference_quirks);

/// Where a pixel of a crop lies in the resized picture, as row * 224 + column. Computed in double
/// as the reference does: exact arithmetic gives other results for some pixels.
[[nodiscard]] std::int32_t resized_pixel(int row, int column, int side);

/// A crop and those of its pixels that points are sampled from.
struct MaskedCrop {
  Box box_px;                             ///< square, of the picture
  Image<Rgb8> rgb;                        ///< black outside of the mask
  std::vector<std::int32_t> pixels;       ///< row * side + column in the box, ascending
  std::vector<Eigen::Vector3f> points_m;  ///< of these pixels
};

/// What goes into the network.
struct NetworkCrop {
  std::vector<std::uint8_t> bgr;          ///< 224 x 224 x 3, row after row
  std::vector<std::int32_t> pixels;       ///< row * 224 + column of each point
  std::vector<Eigen::Vector3f> points_m;  ///< as many
};

/// Resizes the picture (bilinear, as OpenCV does for 8 bits) and takes the chosen pixels' points.
/// choice: indices into the crop's pixels.
[[nodiscard]] NetworkCrop network_crop(const MaskedCrop& crop,
                                       std::span<const std::int32_t> choice);

}  // namespace sam6d
