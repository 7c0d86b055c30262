#include "viz/detections.hpp"

#include <vector>

#include "viz/coverage.hpp"
#include "viz/label.hpp"
#include "viz/palette.hpp"

namespace sam6d {
namespace {

/// The pixels of a mask's box.
cv::Mat1b matrix_of(const Mask& mask) {
  const Box& box = mask.box();
  cv::Mat1b matrix(box.height(), box.width());
  std::copy(mask.pixels().begin(), mask.pixels().end(), matrix.begin());
  return matrix;
}

void draw_box(Image<Rgb8>& picture, const Box& box, Rgb8 color, const Style& style) {
  const Box limits{0, 0, picture.width(), picture.height()};
  const cv::Point2d a(box.x0, box.y0);
  const cv::Point2d b(box.x1 - 1, box.y0);
  const cv::Point2d c(box.x1 - 1, box.y1 - 1);
  const cv::Point2d d(box.x0, box.y1 - 1);
  const std::vector<Segment> sides{{a, b}, {b, c}, {c, d}, {d, a}};
  paint(picture, cover_segments(sides, style.line_px + 2 * style.halo_px, limits), kBlack, 0.45);
  paint(picture, cover_segments(sides, style.line_px, limits), color);
}

}  // namespace

Box extent_of(const Detection& detection) {
  return detection.mask.empty() ? detection.box_px : detection.mask.box();
}

void tint_mask(Image<Rgb8>& picture, const Detection& detection, float tint) {
  const Box& box = detection.mask.box();
  if (detection.mask.empty()) return;
  const Box limits{0, 0, picture.width(), picture.height()};
  paint(picture, cover_set(matrix_of(detection.mask), {box.x0, box.y0}, limits),
        object_color(detection.object), static_cast<double>(tint));
}

void draw_mask(Image<Rgb8>& picture, const Detection& detection, const Style& style, float tint) {
  const Rgb8 color = object_color(detection.object);
  if (detection.mask.empty()) {
    if (!detection.box_px.empty()) draw_box(picture, detection.box_px, color, style);
    return;
  }
  const Box limits{0, 0, picture.width(), picture.height()};
  const cv::Mat1b set = matrix_of(detection.mask);
  const cv::Point origin(detection.mask.box().x0, detection.mask.box().y0);
  tint_mask(picture, detection, tint);
  paint(picture, cover_outline(set, origin, style.line_px + 2 * style.halo_px, limits), kBlack,
        0.45);
  paint(picture, cover_outline(set, origin, style.line_px, limits), color);
}

void OverlayOptions::validate() const {
  if (!(tint >= 0 && tint <= 1)) {
    fail(ErrorCode::kInvalidArgument, "OverlayOptions.tint: expected 0..1, found {}", tint);
  }
  if (!(line_width_px >= 0 && line_width_px <= 100)) {
    fail(ErrorCode::kInvalidArgument, "OverlayOptions.line_width_px: expected 0..100, found {}",
         line_width_px);
  }
  if (threads < 0) {
    fail(ErrorCode::kInvalidArgument, "OverlayOptions.threads: expected 0 or more, found {}",
         threads);
  }
}

Image<Rgb8> draw_detections(const ImageView<Rgb8>& rgb, std::span<const Detection> detections,
                            const ObjectNames& names, const OverlayOptions& options) {
  require_photo(rgb);
  options.validate();
  Image<Rgb8> picture(rgb);
  const Style style = style_for(rgb.width, rgb.height, options.line_width_px);
  const Box limits{0, 0, rgb.width, rgb.height};
  std::vector<Label> labels;
  for (const Detection& detection : detections) {
    if (options.masks) draw_mask(picture, detection, style, options.tint);
    const Box extent = intersect(extent_of(detection), limits);
    if (!options.labels || extent.empty()) continue;
    const auto name = names.find(detection.object);
    labels.push_back({label_text(name == names.end() ? std::string() : name->second,
                                 detection.object, static_cast<double>(detection.score)),
                      extent, object_color(detection.object)});
  }
  draw_labels(picture, labels, style.text_px);
  return picture;
}

}  // namespace sam6d
