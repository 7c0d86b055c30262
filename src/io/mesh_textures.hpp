#pragma once

#include <cstddef>
#include <span>
#include <string>

#include "sam6d/image.hpp"

namespace sam6d {

/// Decodes a texture (PNG, JPEG, BMP, TIFF of 8 or 16 bits; grey or colour, transparency is
/// dropped) and shrinks it to `max_side_px`. Throws Error(kBadFile), naming `source`.
[[nodiscard]] Image<Rgb8> decode_texture(std::span<const std::byte> file, const std::string& source,
                                         int max_side_px);

}  // namespace sam6d
