#pragma once

#include <cstdint>

#include "sam6d/export.hpp"
#include "sam6d/image.hpp"

namespace sam6d {

/// Fills holes of fewer than `least_area` pixels in a mask (0 or not 0), then removes islands of
/// fewer; of a mask of small islands alone the largest stays. Regions touch at corners, too.
/// Returns whether anything changed. The mask becomes 0 or 255 then.
SAM6D_API bool remove_small_regions(Image<std::uint8_t>& mask, std::int64_t least_area);

}  // namespace sam6d
