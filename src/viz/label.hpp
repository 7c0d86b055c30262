#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sam6d/image.hpp"
#include "sam6d/mask.hpp"
#include "viz/coverage.hpp"

namespace sam6d {

struct TextSize {
  int width_px = 0;
  int height_px = 0;    ///< of capital letters, above the base line
  int baseline_px = 0;  ///< below it
};
[[nodiscard]] TextSize text_size(std::string_view text, double height_px);

/// The left end of the base line is at `origin`. Characters other than printable ASCII become '?'.
[[nodiscard]] Coverage cover_text(std::string_view text, cv::Point origin, double height_px,
                                  const Box& limits);

/// A name on a plate of the object's colour, beside what it names.
struct Label {
  std::string text;
  Box anchor_px;  ///< what it names
  Rgb8 color;
};

/// Draws labels inside the picture, next to their anchors where there is room, such that no label
/// covers another as long as that can be avoided.
void draw_labels(Image<Rgb8>& picture, const std::vector<Label>& labels, double text_height_px);

}  // namespace sam6d
