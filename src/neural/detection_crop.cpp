#include "neural/detection_crop.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

namespace sam6d {
namespace {

constexpr int kMostPixelsOfNothing = 32;
constexpr std::size_t kLeastPoints = 4;

/// Whether a pixel counts: in the mask, with depth.
class Selection {
 public:
  Selection(const Frame& frame, const Detection& detection) : frame_(frame), mask_(detection.mask) {
    region_ = {0, 0, frame.camera.width, frame.camera.height};
    if (frame.roi) region_ = intersect(region_, *frame.roi);
    region_ = intersect(region_, mask_.empty() ? detection.box_px : mask_.box());
  }

  /// Where selected pixels may be.
  [[nodiscard]] const Box& region() const { return region_; }
  [[nodiscard]] bool in_mask(int x, int y) const { return mask_.empty() || mask_.at(x, y); }
  [[nodiscard]] bool has_depth(int x, int y) const {
    const float z = frame_.depth_m.at(x, y);
    return std::isfinite(z) && z > 0;
  }
  [[nodiscard]] bool holds(int x, int y) const {
    return region_.contains(x, y) && in_mask(x, y) && has_depth(x, y);
  }

 private:
  const Frame& frame_;
  const Mask& mask_;
  Box region_;
};

/// Points of pixels, and which of them are within reach of their mean.
void keep_near(double reach_m, MaskedCrop& crop) {
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  for (const Eigen::Vector3f& point : crop.points_m) mean += point.cast<double>();
  mean /= static_cast<double>(crop.points_m.size());
  std::size_t kept = 0;
  for (std::size_t i = 0; i < crop.points_m.size(); ++i) {
    if (!((crop.points_m[i].cast<double>() - mean).norm() < reach_m)) continue;
    crop.points_m[kept] = crop.points_m[i];
    crop.pixels[kept] = crop.pixels[i];
    ++kept;
  }
  crop.points_m.resize(kept);
  crop.pixels.resize(kept);
}

}  // namespace

DetectionCrop crop_detection(const Frame& frame, const Detection& detection, double reach_m,
                             bool reference_quirks) {
  if (detection.mask.empty() && detection.box_px.empty()) return {{}, NoPoseReason::kNoMask};
  const Selection selection(frame, detection);
  const Box& region = selection.region();
  bool seen = false;
  int count = 0;
  Box extent{frame.camera.width, frame.camera.height, 0, 0};
  for (int y = region.y0; y < region.y1; ++y) {
    for (int x = region.x0; x < region.x1; ++x) {
      if (!selection.in_mask(x, y)) continue;
      seen = true;
      if (!selection.has_depth(x, y)) continue;
      ++count;
      extent = {std::min(extent.x0, x), std::min(extent.y0, y), std::max(extent.x1, x + 1),
                std::max(extent.y1, y + 1)};
    }
  }
  if (!seen) return {{}, NoPoseReason::kOutsidePicture};
  if (count <= kMostPixelsOfNothing) return {{}, NoPoseReason::kTooFewPoints};

  const CameraIntrinsics& camera = frame.camera;
  MaskedCrop crop;
  crop.box_px = crop_box(extent, camera.width, camera.height, reference_quirks);
  const int side = crop.box_px.width();
  crop.rgb = Image<Rgb8>(side, side);
  for (int row = 0; row < side; ++row) {
    for (int column = 0; column < side; ++column) {
      const int x = crop.box_px.x0 + column;
      const int y = crop.box_px.y0 + row;
      if (!selection.holds(x, y)) continue;
      crop.rgb(column, row) = frame.rgb.at(x, y);
      const double z = frame.depth_m.at(x, y);
      crop.pixels.push_back(row * side + column);
      crop.points_m.emplace_back(static_cast<float>((x - camera.cx) * z / camera.fx),
                                 static_cast<float>((y - camera.cy) * z / camera.fy),
                                 static_cast<float>(z));
    }
  }
  keep_near(reach_m, crop);
  if (crop.pixels.size() < kLeastPoints) return {{}, NoPoseReason::kTooFewPoints};
  return {std::move(crop), NoPoseReason::kNone};
}

}  // namespace sam6d
