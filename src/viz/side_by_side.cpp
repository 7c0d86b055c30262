#include <algorithm>
#include <string>

#include "viz/label.hpp"
#include "viz/palette.hpp"
#include "viz/style.hpp"

namespace sam6d {
namespace {

constexpr Rgb8 kPaper{28, 30, 34};
constexpr Rgb8 kInk{225, 227, 230};

}  // namespace

Image<Rgb8> side_by_side(std::span<const Image<Rgb8>> pictures,
                         std::span<const std::string> captions) {
  if (pictures.empty()) {
    fail(ErrorCode::kInvalidArgument, "pictures: expected at least one, found none");
  }
  if (!captions.empty() && captions.size() != pictures.size()) {
    fail(ErrorCode::kInvalidArgument, "captions: expected none or one a picture ({}), found {}",
         pictures.size(), captions.size());
  }
  int height = 0;
  int width = 0;
  for (const Image<Rgb8>& picture : pictures) {
    height = std::max(height, picture.height());
    width = std::max(width, picture.width());
  }
  const Style style = style_for(width, height);
  const int gap = std::max(2, static_cast<int>(std::lround(0.6 * style.text_px)));
  const int strip = captions.empty() ? 0 : static_cast<int>(std::lround(2.6 * style.text_px));
  int total = -gap;
  for (const Image<Rgb8>& picture : pictures) total += picture.width() + gap;

  Image<Rgb8> result(total, strip + height, kPaper);
  const Box limits{0, 0, result.width(), result.height()};
  int left = 0;
  for (std::size_t i = 0; i < pictures.size(); ++i) {
    const Image<Rgb8>& picture = pictures[i];
    const int top = strip + (height - picture.height()) / 2;
    for (int y = 0; y < picture.height(); ++y) {
      std::copy(picture.row(y), picture.row(y) + picture.width(), result.row(top + y) + left);
    }
    if (!captions.empty()) {
      const int base_line = static_cast<int>(std::lround(0.5 * (strip + style.text_px)));
      const Box column{left, 0, left + picture.width(), strip};
      paint(result,
            cover_text(captions[i], {left + gap, base_line}, style.text_px,
                       intersect(column, limits)),
            kInk);
    }
    left += picture.width() + gap;
  }
  return result;
}

}  // namespace sam6d
