#include "neural/template_crop.hpp"

#include <algorithm>
#include <cstdint>

namespace sam6d {
namespace {

constexpr int kMostPixelsOfNothing = 32;  // as of a detection
constexpr std::uint8_t kOn = 255;

}  // namespace

std::optional<MaskedCrop> crop_template(const TemplateView& view, bool reference_quirks) {
  const Box& stored = view.box_px;
  Box extent{view.camera.width, view.camera.height, 0, 0};
  int count = 0;
  for (int y = 0; y < view.mask.height(); ++y) {
    for (int x = 0; x < view.mask.width(); ++x) {
      if (view.mask(x, y) != kOn) continue;
      ++count;
      extent = {std::min(extent.x0, stored.x0 + x), std::min(extent.y0, stored.y0 + y),
                std::max(extent.x1, stored.x0 + x + 1), std::max(extent.y1, stored.y0 + y + 1)};
    }
  }
  if (count <= kMostPixelsOfNothing) return std::nullopt;

  MaskedCrop crop;
  crop.box_px = crop_box(extent, view.camera.width, view.camera.height, reference_quirks);
  const int side = crop.box_px.width();
  crop.rgb = Image<Rgb8>(side, side);
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      const int x = crop.box_px.x0 + column - stored.x0;
      const int y = crop.box_px.y0 + row - stored.y0;
      const bool inside = x >= 0 && y >= 0 && x < view.mask.width() && y < view.mask.height();
      if (!inside || view.mask(x, y) != kOn) continue;
      crop.rgb(column, row) = view.rgb(x, y);
      crop.pixels.push_back(row * side + column);
      crop.points_m.push_back(view.object_xyz_m(x, y));
    }
  }
  return crop;
}

std::vector<int> chosen_views(int available, int wanted) {
  const int count = wanted == 0 ? available : std::min(wanted, available);
  std::vector<int> views;
  views.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    views.push_back(static_cast<int>(static_cast<std::int64_t>(i) * available / count));
  }
  return views;
}

}  // namespace sam6d
