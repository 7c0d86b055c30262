#include "viz/label.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>

#include <opencv2/imgproc.hpp>

#include "viz/palette.hpp"

namespace sam6d {
namespace {

// Letters are drawn larger and shrunk, which smooths them and allows any stroke width.
constexpr int kOversampling = 4;
constexpr int kFont = cv::FONT_HERSHEY_SIMPLEX;
constexpr double kStrokeShare = 0.15;  // of the letters' height

std::string printable(std::string_view text) {
  std::string result;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;  // the rest of a UTF-8 character
    result += byte >= 0x20 && byte < 0x7F ? c : '?';
  }
  return result;
}

struct Lettering {
  double scale = 1;
  int stroke_px = 1;
};
Lettering lettering(double height_px) {
  const double large_px = kOversampling * height_px;
  const int stroke_px = std::max(1, static_cast<int>(std::lround(kStrokeShare * large_px)));
  return {cv::getFontScaleFromHeight(kFont, static_cast<int>(std::lround(large_px)), stroke_px),
          stroke_px};
}

/// The box moved into the picture.
Box inside(const Box& box, const Box& picture) {
  const int dx = std::max(0, picture.x0 - box.x0) - std::max(0, box.x1 - picture.x1);
  const int dy = std::max(0, picture.y0 - box.y0) - std::max(0, box.y1 - picture.y1);
  return {box.x0 + dx, box.y0 + dy, box.x1 + dx, box.y1 + dy};
}

/// Where a label goes: above its anchor if there is room, else below, else beside it.
Box place(const Box& anchor, int width, int height, int gap, const Box& picture,
          const std::vector<Box>& anchors, const std::vector<Box>& taken) {
  const auto at = [&](int x, int y) { return Box{x, y, x + width, y + height}; };
  const int above = anchor.y0 - gap - height;
  const int below = anchor.y1 + gap;
  const int middle = (anchor.y0 + anchor.y1 - height) / 2;
  const int left = anchor.x0 - gap - width;
  const int right = anchor.x1 + gap;
  const int step = height + gap;
  const std::array<Box, 12> wishes{at(anchor.x0, above),        at(anchor.x1 - width, above),
                                   at(anchor.x0, below),        at(anchor.x1 - width, below),
                                   at(right, anchor.y0),        at(left, anchor.y0),
                                   at(right, middle),           at(left, middle),
                                   at(anchor.x0, above - step), at(anchor.x0, below + step),
                                   at(right, middle + step),    at(left, middle + step)};
  Box best;
  std::int64_t least = std::numeric_limits<std::int64_t>::max();
  for (const Box& wish : wishes) {
    const Box box = inside(wish, picture);
    // Covering another label is worse than covering what a label names.
    std::int64_t cost = 0;
    for (const Box& other : anchors) cost += intersect(box, other).area();
    for (const Box& other : taken) cost += 4 * intersect(box, other).area();
    if (cost >= least) continue;
    least = cost;
    best = box;
  }
  return best;
}

}  // namespace

TextSize text_size(std::string_view text, double height_px) {
  if (text.empty()) return {};
  const Lettering letters = lettering(height_px);
  int baseline = 0;
  const cv::Size size =
      cv::getTextSize(printable(text), kFont, letters.scale, letters.stroke_px, &baseline);
  const auto small = [](int value) { return (value + kOversampling - 1) / kOversampling; };
  return {small(size.width), small(size.height), small(baseline)};
}

Coverage cover_text(std::string_view text, cv::Point origin, double height_px, const Box& limits) {
  const TextSize size = text_size(text, height_px);
  const Lettering letters = lettering(height_px);
  constexpr int kMargin = 2;
  const Box box{origin.x - kMargin, origin.y - size.height_px - kMargin,
                origin.x + size.width_px + kMargin, origin.y + size.baseline_px + kMargin};
  cv::Mat1b large(box.height() * kOversampling, box.width() * kOversampling,
                  static_cast<std::uint8_t>(0));
  cv::putText(large, printable(text),
              {kMargin * kOversampling, (size.height_px + kMargin) * kOversampling}, kFont,
              letters.scale, cv::Scalar(255), letters.stroke_px, cv::LINE_AA);
  cv::Mat1b small;
  cv::resize(large, small, cv::Size(box.width(), box.height()), 0, 0, cv::INTER_AREA);
  return cover_set(small, {box.x0, box.y0}, limits);
}

void draw_labels(Image<Rgb8>& picture, const std::vector<Label>& labels, double text_height_px) {
  const Box limits{0, 0, picture.width(), picture.height()};
  const int pad = std::max(2, static_cast<int>(std::lround(0.55 * text_height_px)));
  std::vector<Box> anchors;
  anchors.reserve(labels.size());
  for (const Label& label : labels) anchors.push_back(intersect(label.anchor_px, limits));
  std::vector<Box> taken;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const Label& label = labels[i];
    const TextSize size = text_size(label.text, text_height_px);
    const Box box = place(anchors[i], size.width_px + 2 * pad, size.height_px + 2 * pad,
                          std::max(2, pad / 2), limits, anchors, taken);
    taken.push_back(box);
    const Box rim{box.x0 - 1, box.y0 - 1, box.x1 + 1, box.y1 + 1};
    const double radius_px = 0.5 * pad;
    paint(picture, cover_rectangle(rim, radius_px + 1, limits), kBlack, 0.55);
    paint(picture, cover_rectangle(box, radius_px, limits), label.color);
    paint(picture, cover_text(label.text, {box.x0 + pad, box.y1 - pad}, text_height_px, limits),
          text_color_on(label.color));
  }
}

}  // namespace sam6d
