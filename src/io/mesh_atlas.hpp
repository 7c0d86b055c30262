#pragma once

#include <optional>
#include <string>

#include "io/mesh_parts.hpp"

namespace sam6d {

/// A colour, or every pixel of a picture, times `tint` / 255.
[[nodiscard]] Rgb8 tinted(const Rgb8& color, const std::optional<Rgb8>& tint);
[[nodiscard]] Image<Rgb8> tinted(Image<Rgb8> picture, const std::optional<Rgb8>& tint);

/// Puts all textures into one picture of at most `max_side_px` a side and changes the parts'
/// texture coordinates to suit; parts without a texture get a patch of their colour. A texture that
/// repeats is laid out as often as it does.
[[nodiscard]] Image<Rgb8> put_into_atlas(MeshParts& parts, const Rgb8& unknown_color,
                                         const std::string& source, int max_side_px);

}  // namespace sam6d
