#include "pose/quick_score.hpp"

#include <algorithm>
#include <cmath>

namespace sam6d {

float quick_score(const SceneView& scene, const GeometricFeatures& object, const Candidate& pose,
                  const QuickScoreOptions& options) {
  constexpr float kOccludedCount = 0.3F;
  constexpr float kUnknownCount = 0.5F;
  constexpr float kBackgroundShare = 0.1F;
  constexpr float kColorFloor = 0.2F;
  constexpr int kFirstLook = 32;
  const Eigen::Matrix3f& rotation = pose.rotation;
  const Eigen::Vector3f& translation = pose.translation_m;
  if (!(translation.z() > 0)) return -1.0F;
  const int view = object.view_of(-(rotation.transpose() * translation));
  std::span<const std::uint16_t> indices = object.points_of_view(view);
  indices = indices.first(std::min(indices.size(), static_cast<std::size_t>(options.points)));
  const float noise = 2.0F * scene.frame().sigma_m(translation.z());
  const float inverse_tau = 1.0F / std::sqrt(options.tau_m * options.tau_m + noise * noise);
  const bool use_color = options.use_color && object.has_color;
  float sum = 0;
  float count = 0;
  int seen = 0;
  for (const std::uint16_t index : indices) {
    if (++seen == kFirstLook && sum < options.give_up_below * std::max(count, 1.0F)) {
      return sum / std::max(count, 1.0F);
    }
    const ModelPoint& model = object.points[index];
    const Eigen::Vector3f point = rotation * model.position_m + translation;
    if (point.z() < 0.02F) {
      count += 1;
      continue;
    }
    const float inverse_z = 1.0F / point.z();
    const float u = scene.fx() * point.x() * inverse_z + scene.cx() + 0.5F;
    const float v = scene.fy() * point.y() * inverse_z + scene.cy() + 0.5F;
    if (!(u >= 0 && v >= 0 && u < static_cast<float>(scene.width()) &&
          v < static_cast<float>(scene.height()))) {
      count += 1;
      continue;
    }
    const PixelFeatures& pixel = scene.pixel(static_cast<int>(u), static_cast<int>(v));
    if (pixel.z_m <= 0) {
      count += kUnknownCount;
      continue;
    }
    const float r = (point.z() - pixel.z_m) * inverse_tau;
    const Surface surface = scene.surface(pixel);
    if (r >= 1) {
      if (surface == Surface::kSupport) {
        sum -= 1;
        count += 1;
      } else {
        count += kOccludedCount;
      }
      continue;
    }
    count += 1;
    if (r <= -1) {
      sum -= 1;
      continue;
    }
    const float cosine = (rotation * model.normal).dot(pixel.normal_vector());
    if (cosine <= 0) continue;
    float weight = cosine > 0.8F ? 1.0F : (cosine > 0.5F ? 0.7F : 0.25F);
    weight *= 1.0F - 0.5F * std::abs(r);
    if (surface != Surface::kForeground) weight *= kBackgroundShare;
    if (use_color) {
      weight *= kColorFloor + (1.0F - kColorFloor) * color_similarity(pixel.color, model.color);
    }
    sum += weight;
  }
  return sum / std::max(count, 0.3F * static_cast<float>(indices.size()) + 1.0F);
}

}  // namespace sam6d
