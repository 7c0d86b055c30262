#include "pose/scene_view.hpp"

#include <algorithm>
#include <cmath>

namespace sam6d {
namespace {

constexpr float kPlaneToDiameter = 1.3F;     // longer planes are no part of the object
constexpr float kSegmentToDiameter = 1.15F;  // longer smooth segments neither

/// Whether some colour of the object is near, by a table over the cells of colour space.
class PaletteTable {
 public:
  explicit PaletteTable(const std::vector<ColorFeature>& palette) {
    if (palette.empty()) return;
    fits_.resize(static_cast<std::size_t>(kCells * kCells * kCells));
    for (int r = 0; r < kCells; ++r) {
      for (int y = 0; y < kCells; ++y) {
        for (int l = 0; l < kCells; ++l) {
          const ColorFeature color{value(r, kChromaLow, kChromaHigh),
                                   value(y, kChromaLow, kChromaHigh),
                                   value(l, kLumaLow, kLumaHigh)};
          const bool fits = std::any_of(palette.begin(), palette.end(), [&](const auto& entry) {
            return color_similarity(color, entry) > kLeastSimilarity;
          });
          fits_[static_cast<std::size_t>((r * kCells + y) * kCells + l)] = fits ? 1 : 0;
        }
      }
    }
  }
  [[nodiscard]] bool fits(const ColorFeature& color) const {
    if (fits_.empty()) return true;
    const int r = cell(color.red_green, kChromaLow, kChromaHigh);
    const int y = cell(color.yellow_blue, kChromaLow, kChromaHigh);
    const int l = cell(color.luma, kLumaLow, kLumaHigh);
    return fits_[static_cast<std::size_t>((r * kCells + y) * kCells + l)] != 0;
  }

 private:
  static constexpr int kCells = 20;
  static constexpr float kLeastSimilarity = 0.2F;
  static constexpr float kChromaLow = -0.85F * ColorFeature::kChromaScale;
  static constexpr float kChromaHigh = 0.85F * ColorFeature::kChromaScale;
  static constexpr float kLumaLow = -2.4F * ColorFeature::kLumaScale;
  static constexpr float kLumaHigh = 1.0F * ColorFeature::kLumaScale;

  static std::int16_t value(int index, float low, float high) {
    return static_cast<std::int16_t>(low +
                                     (high - low) * (static_cast<float>(index) + 0.5F) / kCells);
  }
  static int cell(std::int16_t value, float low, float high) {
    const float place = (static_cast<float>(value) - low) / (high - low) * kCells;
    return std::clamp(static_cast<int>(place), 0, kCells - 1);
  }

  std::vector<std::uint8_t> fits_;
};

/// A set of voxels by open addressing; it does not grow, and is full when it says so.
class VoxelSet {
 public:
  VoxelSet() : keys_(kSize, 0) {}
  /// Whether it was not in the set yet.
  bool insert(int x, int y, int z) {
    const std::uint64_t key =
        (static_cast<std::uint64_t>(static_cast<std::uint32_t>(x) & 0xfffffU) << 40U) |
        (static_cast<std::uint64_t>(static_cast<std::uint32_t>(y) & 0xfffffU) << 20U) |
        (static_cast<std::uint64_t>(static_cast<std::uint32_t>(z) & 0xfffffU)) |
        (std::uint64_t{1} << 63U);
    std::size_t slot = (key * 0x9e3779b97f4a7c15ULL) >> (64U - kBits);
    while (keys_[slot] != 0) {
      if (keys_[slot] == key) return false;
      slot = (slot + 1) & (kSize - 1);
    }
    keys_[slot] = key;
    ++count_;
    return true;
  }
  [[nodiscard]] bool full() const { return count_ > kSize / 2; }

 private:
  static constexpr unsigned kBits = 15;
  static constexpr std::size_t kSize = std::size_t{1} << kBits;
  std::vector<std::uint64_t> keys_;
  std::size_t count_ = 0;
};

}  // namespace

SceneView::SceneView(const FrameFeatures& frame, float diameter_m, const Mask* mask)
    : frame_(&frame),
      pixels_(frame.pixels.data()),
      fx_(static_cast<float>(frame.camera.fx)),
      fy_(static_cast<float>(frame.camera.fy)),
      cx_(static_cast<float>(frame.camera.cx)),
      cy_(static_cast<float>(frame.camera.cy)) {
  classes_.fill(Surface::kForeground);
  classes_[kOutsideMask] = Surface::kBackground;
  for (std::size_t p = 0; p < frame.planes.size(); ++p) {
    const SupportPlane& plane = frame.planes[p];
    if (plane.extent_m < kPlaneToDiameter * diameter_m) continue;
    classes_[p + 1] = plane.solid ? Surface::kSupport : Surface::kBackground;
    if (plane.solid) supports_.push_back(&plane);
  }
  if (mask == nullptr) return;
  masked_ = frame.pixels;
  const int r = frame.reduction;
  for (int y = 0; y < height(); ++y) {
    for (int x = 0; x < width(); ++x) {
      PixelFeatures& pixel = masked_[static_cast<std::size_t>(y * width() + x)];
      if (mask->at(x * r + r / 2, y * r + r / 2)) {
        pixel.plane = 0;
      } else if (pixel.plane == 0 || classes_[pixel.plane] == Surface::kForeground) {
        pixel.plane = kOutsideMask;
      }
    }
  }
  pixels_ = masked_.data();
}

std::vector<ScenePoint> scene_points(const SceneView& scene, const GeometricFeatures& object,
                                     const ScenePointOptions& options) {
  const FrameFeatures& frame = scene.frame();
  std::vector<std::uint8_t> too_long;
  for (const SmoothSegment& segment : frame.segments) {
    too_long.push_back(segment.extent_m > kSegmentToDiameter * object.diameter_m ? 1 : 0);
  }
  const PaletteTable palette(options.use_color ? object.palette : std::vector<ColorFeature>{});
  const float inverse = 1.0F / options.voxel_m;
  const int blocks = (scene.width() + 3) / 4;

  std::vector<ScenePoint> points;
  VoxelSet voxels;
  for (int y = options.region.y0; y < options.region.y1; ++y) {
    for (int x = options.region.x0; x < options.region.x1; ++x) {
      const PixelFeatures& pixel = scene.pixel(x, y);
      if (pixel.z_m <= 0 || scene.surface(pixel) != Surface::kForeground) continue;
      if (too_long[pixel.segment] != 0 || !palette.fits(pixel.color)) continue;
      if (!options.explained.empty() &&
          options.explained[static_cast<std::size_t>((y / 4) * blocks + x / 4)] != 0) {
        continue;
      }
      const Eigen::Vector3f position = scene.point(x, y, pixel.z_m);
      const Eigen::Vector3f cell = position * inverse;
      if (!voxels.insert(static_cast<int>(std::floor(cell.x())),
                         static_cast<int>(std::floor(cell.y())),
                         static_cast<int>(std::floor(cell.z())))) {
        continue;
      }
      points.push_back({position, pixel.normal_vector().normalized(), pixel.color});
      if (voxels.full()) return points;
    }
  }
  return points;
}

}  // namespace sam6d
