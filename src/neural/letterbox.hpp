#pragma once

#include "sam6d/image.hpp"

namespace sam6d {

/// A picture scaled to a longer side, with borders that make its sides multiples of 32, as YOLOv8
/// takes pictures.
struct Letterbox {
  int width = 0;  ///< of the whole, borders included
  int height = 0;
  int left = 0;  ///< where the scaled picture lies
  int top = 0;
  int inner_width = 0;  ///< its size
  int inner_height = 0;
};

/// `side`: of the longer side, a multiple of 32. Throws Error(kInvalidArgument) for an empty
/// picture and for other sides.
[[nodiscard]] Letterbox letterbox_of(int width, int height, int side);

/// The picture in its letterbox, scaled bilinearly, the borders grey (114).
[[nodiscard]] Image<Rgb8> letterboxed(const ImageView<Rgb8>& picture, const Letterbox& letterbox);

}  // namespace sam6d
