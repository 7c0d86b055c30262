#pragma once

#include "sam6d/detection.hpp"
#include "sam6d/image.hpp"
#include "viz/style.hpp"

namespace sam6d {

/// What a detection covers: its mask's box, else its own.
[[nodiscard]] Box extent_of(const Detection& detection);

/// Covers the photo under the mask with `tint` (0..1) of the object's colour.
void tint_mask(Image<Rgb8>& picture, const Detection& detection, float tint);

/// Tint and outline of the mask, or the box where there is no mask.
void draw_mask(Image<Rgb8>& picture, const Detection& detection, const Style& style, float tint);

}  // namespace sam6d
