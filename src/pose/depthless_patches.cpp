#include "pose/depthless_patches.hpp"

#include <algorithm>

namespace sam6d {
namespace {

constexpr std::size_t kLeastPixels = 48;  // of a patch

/// How well a colour fits the nearest of the object's. Five times as strict on chroma as
/// color_similarity(), since there is no depth to speak against what looks a little alike.
float palette_fit(const GeometricFeatures& object, const ColorFeature& color) {
  constexpr float kStrictness = 5.0F;
  float best = 0;
  for (const ColorFeature& entry : object.palette) {
    const ColorFeature shaded{entry.red_green, entry.yellow_blue, color.luma};
    const ColorFeature tinted{color.red_green, color.yellow_blue, entry.luma};
    const float chroma = 1.0F / color_similarity(tinted, entry) - 1.0F;
    best = std::max(best, color_similarity(shaded, entry) / (1.0F + kStrictness * chroma));
  }
  return best;
}

std::vector<std::uint8_t> mark(const SceneView& scene, const GeometricFeatures& object,
                               const DepthlessPatchOptions& options) {
  constexpr float kFits = 0.4F;
  const bool use_color = options.use_color && !object.palette.empty();
  const int blocks = (scene.width() + 3) / 4;
  std::vector<std::uint8_t> may_show(
      static_cast<std::size_t>(scene.width()) * static_cast<std::size_t>(scene.height()), 0);
  for (int y = options.region.y0; y < options.region.y1; ++y) {
    for (int x = options.region.x0; x < options.region.x1; ++x) {
      const PixelFeatures& pixel = scene.pixel(x, y);
      if (pixel.z_m > 0 || scene.surface(pixel) != Surface::kForeground) continue;
      if (!options.explained.empty() &&
          options.explained[static_cast<std::size_t>((y / 4) * blocks + x / 4)] != 0) {
        continue;
      }
      if (use_color && palette_fit(object, pixel.color) < kFits) continue;
      may_show[static_cast<std::size_t>(y * scene.width() + x)] = 1;
    }
  }
  return may_show;
}

}  // namespace

DepthlessPatches find_depthless_patches(const SceneView& scene, const GeometricFeatures& object,
                                        const DepthlessPatchOptions& options) {
  DepthlessPatches result;
  result.may_show = mark(scene, object, options);
  std::vector<std::uint8_t> left = result.may_show;
  const int width = scene.width();
  for (int y0 = options.region.y0; y0 < options.region.y1; ++y0) {
    for (int x0 = options.region.x0; x0 < options.region.x1; ++x0) {
      if (left[static_cast<std::size_t>(y0 * width + x0)] == 0) continue;
      left[static_cast<std::size_t>(y0 * width + x0)] = 0;
      DepthlessPatch patch;
      patch.pixels.emplace_back(x0, y0);
      for (std::size_t next = 0; next < patch.pixels.size(); ++next) {
        const auto [x, y] = patch.pixels[next];
        constexpr int kOffsets[4][2] = {{1, 0}, {-1, 0}, {0, 1}, {0, -1}};
        for (const auto& offset : kOffsets) {
          const int u = x + offset[0];
          const int v = y + offset[1];
          if (u < 0 || v < 0 || u >= width || v >= scene.height()) continue;
          std::uint8_t& flag = left[static_cast<std::size_t>(v * width + u)];
          if (flag == 0) continue;
          flag = 0;
          patch.pixels.emplace_back(u, v);
        }
      }
      if (patch.pixels.size() >= kLeastPixels) result.patches.push_back(std::move(patch));
    }
  }
  std::stable_sort(result.patches.begin(), result.patches.end(),
                   [](const DepthlessPatch& a, const DepthlessPatch& b) {
                     return a.pixels.size() > b.pixels.size();
                   });
  return result;
}

}  // namespace sam6d
