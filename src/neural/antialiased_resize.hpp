#pragma once

#include "sam6d/image.hpp"

namespace sam6d {

/// Resizes as Pillow's bilinear filter does, with which SAM's pictures were made: a triangle whose
/// support grows with the reduction, first along rows, then along columns, each rounded to 8 bits.
/// width, height >= 1; the picture is not empty.
[[nodiscard]] Image<Rgb8> resize_antialiased(const ImageView<Rgb8>& picture, int width, int height);

}  // namespace sam6d
