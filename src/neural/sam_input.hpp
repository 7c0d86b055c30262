#pragma once

#include <ATen/core/Tensor.h>

#include "sam6d/image.hpp"

namespace sam6d {

/// A picture as SAM's image encoder takes it: (1,3,side,side) float32, resized to the longer side,
/// normalised by the mean and deviation of colours, zeros on the right and below.
[[nodiscard]] at::Tensor sam_input(const ImageView<Rgb8>& picture, int side);

}  // namespace sam6d
