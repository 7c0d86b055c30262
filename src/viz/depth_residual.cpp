#include <algorithm>
#include <cmath>
#include <string>

#include "viz/coverage.hpp"
#include "viz/label.hpp"
#include "viz/palette.hpp"
#include "viz/posed_objects.hpp"
#include "viz/style.hpp"

namespace sam6d {
namespace {

constexpr Rgb8 kNotMeasured{120, 120, 120};
constexpr double kPhotoBrightness = 0.4;

Rgb8 grey_of(Rgb8 color, double brightness) {
  const double luma = 0.299 * color.r + 0.587 * color.g + 0.114 * color.b;
  const auto grey = static_cast<std::uint8_t>(std::lround(brightness * luma));
  return {grey, grey, grey};
}

/// A bar of the colours with its ends named, in the lower right corner.
void draw_scale(Image<Rgb8>& picture, double range_m, const Style& style) {
  const Box limits{0, 0, picture.width(), picture.height()};
  const int unit = static_cast<int>(std::lround(style.text_px));
  const std::string title = "measured - rendered, mm";
  const int width = std::max(16 * unit, text_size(title, style.text_px).width_px);
  const int right = picture.width() - 2 * unit;
  const int bottom = picture.height() - 4 * unit;
  const Box bar{right - width, bottom - unit, right, bottom};
  const Box plate{bar.x0 - unit, bar.y0 - 3 * unit, bar.x1 + unit, bar.y1 + 3 * unit};
  paint(picture, cover_rectangle(plate, 0.5 * unit, limits), kBlack, 0.65);
  for (int x = bar.x0; x < bar.x1; ++x) {
    const Rgb8 color = diverging_color(2.0 * (x - bar.x0 + 0.5) / width - 1.0);
    for (int y = bar.y0; y < bar.y1; ++y) {
      if (limits.contains(x, y)) picture(x, y) = color;
    }
  }
  const auto write = [&](const std::string& text, double share, int base_line) {
    const int text_width = text_size(text, style.text_px).width_px;
    const int x = static_cast<int>(std::lround(bar.x0 + share * (width - text_width)));
    paint(picture, cover_text(text, {x, base_line}, style.text_px, limits), kWhite);
  };
  const double range_mm = 1000.0 * range_m;
  write(title, 0.0, bar.y0 - unit);
  write(fmt::format("{:g}", -range_mm), 0.0, bar.y1 + 2 * unit);
  write("0", 0.5, bar.y1 + 2 * unit);
  write(fmt::format("+{:g}", range_mm), 1.0, bar.y1 + 2 * unit);
}

}  // namespace

Image<Rgb8> draw_depth_residual(const Frame& frame, std::span<const ObjectModel> objects,
                                std::span<const PoseResult> results, double range_m, int threads) {
  validate(frame);
  if (!(range_m > 0) || !std::isfinite(range_m)) {
    fail(ErrorCode::kInvalidArgument, "range_m: expected a positive number, found {}", range_m);
  }
  Image<Rgb8> picture(frame.rgb);
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = 0; x < picture.width(); ++x) {
      picture(x, y) = grey_of(picture(x, y), kPhotoBrightness);
    }
  }
  const std::vector<PosedObject> posed = posed_objects(objects, results);
  if (!posed.empty()) {
    RenderOptions what;
    what.color = false;
    what.threads = threads;
    const Rendering rendering = render_posed(posed, frame.camera, 1, what);
    for (int y = 0; y < picture.height(); ++y) {
      for (int x = 0; x < picture.width(); ++x) {
        if (rendering.instance(x, y) < 0) continue;
        const float measured_m = frame.depth_m.at(x, y);
        const double behind_m = static_cast<double>(measured_m - rendering.depth_m(x, y));
        picture(x, y) = measured_m > 0 ? diverging_color(behind_m / range_m) : kNotMeasured;
      }
    }
  }
  draw_scale(picture, range_m, style_for(picture.width(), picture.height()));
  return picture;
}

}  // namespace sam6d
