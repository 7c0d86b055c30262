#pragma once

#include "sam6d/image.hpp"

namespace sam6d {

inline constexpr Rgb8 kBlack{0, 0, 0};
inline constexpr Rgb8 kWhite{255, 255, 255};

/// A colour `share_of_b` of the way from a to b.
[[nodiscard]] Rgb8 mixed(Rgb8 a, Rgb8 b, double share_of_b) noexcept;

/// Black or white, whichever is easier to read on the colour.
[[nodiscard]] Rgb8 text_color_on(Rgb8 background) noexcept;

/// Blue (-1) over white (0) to red (1); saturated beyond.
[[nodiscard]] Rgb8 diverging_color(double value) noexcept;

}  // namespace sam6d
