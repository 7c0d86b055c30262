#include "viz/palette.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "sam6d/viz.hpp"

namespace sam6d {
namespace {

// Okabe and Ito's palette without black, in an order in which neighbours differ most.
constexpr std::array<Rgb8, 7> kPalette{{{230, 159, 0},
                                        {86, 180, 233},
                                        {0, 158, 115},
                                        {240, 228, 66},
                                        {204, 121, 167},
                                        {0, 114, 178},
                                        {213, 94, 0}}};

// The ends of ColorBrewer's RdBu.
constexpr Rgb8 kBlue{33, 102, 172};
constexpr Rgb8 kRed{178, 24, 43};

}  // namespace

Rgb8 mixed(Rgb8 a, Rgb8 b, double share_of_b) noexcept {
  const auto mix = [&](std::uint8_t x, std::uint8_t y) {
    return static_cast<std::uint8_t>(std::lround(x + (y - x) * share_of_b));
  };
  return {mix(a.r, b.r), mix(a.g, b.g), mix(a.b, b.b)};
}

Rgb8 object_color(ObjectId object) noexcept {
  // BOP counts objects from 1.
  const unsigned index = static_cast<unsigned>(object) - 1U;
  const Rgb8 color = kPalette[index % kPalette.size()];
  switch (index / kPalette.size() % 3) {
    case 1: return mixed(color, kWhite, 0.45);
    case 2: return mixed(color, kBlack, 0.35);
    default: return color;
  }
}

Rgb8 text_color_on(Rgb8 background) noexcept {
  const double luma = 0.299 * background.r + 0.587 * background.g + 0.114 * background.b;
  return luma > 125.0 ? kBlack : kWhite;
}

Rgb8 diverging_color(double value) noexcept {
  return mixed(kWhite, value < 0 ? kBlue : kRed, std::min(1.0, std::abs(value)));
}

}  // namespace sam6d
