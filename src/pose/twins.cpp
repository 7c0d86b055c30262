#include "pose/twins.hpp"

#include <algorithm>
#include <cmath>
#include <span>

#include "pose/candidate.hpp"
#include "render/z_buffer.hpp"

namespace sam6d {
namespace {

constexpr double kPlace = 0.3;           // share of the diameter; radius of a place
constexpr float kLeastPresence = 0.03F;  // of places that are worth the comparison
constexpr float kRival = 0.25F;          // F that a rival may lack
constexpr std::size_t kMostRivals = 24;  // of a place
// Chosen on generated scenes of 17 kinds, where shares then come true as often as they say.
constexpr float kMisfitWeight = 0.5F;
constexpr float kTemperature = 0.04F;

// What a measured pixel costs a pose, in halves of a squared standard deviation.
constexpr float kMostMatchCost = 3.0F;
constexpr float kViolationCost = 4.0F;    // the pose claims what was seen to be free
constexpr float kOccludedCost = 2.0F;     // something else lies before it
constexpr float kUnexplainedCost = 2.0F;  // foreground that is near enough to be the object's
constexpr float kElsewhereCost = 0.5F;

float rendered_inverse_z(const ZBuffer& buffer, int x, int y) {
  if (x < buffer.x0 || y < buffer.y0) return 0;
  const int column = (x - buffer.x0) / buffer.step;
  const int row = (y - buffer.y0) / buffer.step;
  return column < buffer.width && row < buffer.height ? buffer.at(column, row) : 0.0F;
}

float matched_cost(float residual_m, float variance_m2) {
  const float gate = 3.0F * std::sqrt(variance_m2);
  if (residual_m > gate) return kViolationCost;
  if (residual_m < -gate) return kOccludedCost;
  return std::min(0.5F * residual_m * residual_m / variance_m2, kMostMatchCost);
}

/// Whether two poses explain the same pixels: touching objects that are thin are as near as twins.
bool same_pixels(const Hypothesis& a, const Hypothesis& b) {
  constexpr int kLeastShared = 3;  // one part in so many of the smaller
  int shared = 0;
  int all_a = 0;
  int all_b = 0;
  for (const auto& [block, pixels] : a.explained) all_a += pixels;
  auto at = a.explained.begin();
  for (const auto& [block, pixels] : b.explained) {
    all_b += pixels;
    while (at != a.explained.end() && at->first < block) ++at;
    if (at != a.explained.end() && at->first == block) {
      shared += std::min<int>(pixels, at->second);
    }
  }
  return kLeastShared * shared >= std::min(all_a, all_b);
}

/// Mean cost of each pose over the pixels that any of them covers. Depth is compared as it was
/// measured: smoothing, which helps to align surfaces, blurs the details that tell twins apart.
std::vector<float> misfits(const SceneView& scene, const GeometricFeatures& object,
                           std::span<const Candidate> poses) {
  constexpr float kSamples = 130.0F;  // across the object
  constexpr float kNoise = 1.5F;      // of a raw pixel, in standard deviations of the sensor
  constexpr float kModel = 0.004F;    // share of the diameter; the decimated mesh's error
  const FrameFeatures& frame = scene.frame();
  const CameraIntrinsics& camera = frame.full_camera;
  const Box picture{0, 0, camera.width, camera.height};
  const float size_px = object.diameter_m * static_cast<float>(camera.fx) /
                        std::max(0.05F, poses.front().translation_m.z());
  const int step = std::clamp(static_cast<int>(size_px / kSamples), 1, 16);
  std::vector<ZBuffer> buffers(poses.size());
  ProjectedVertices scratch;
  Box all{camera.width, camera.height, 0, 0};
  for (std::size_t i = 0; i < poses.size(); ++i) {
    ZBuffer& buffer = buffers[i];
    rasterize(object.vertices_m, object.faces, poses[i].rotation, poses[i].translation_m, camera,
              picture, step, scratch, buffer);
    if (buffer.empty()) continue;
    all = Box{std::min(all.x0, buffer.x0), std::min(all.y0, buffer.y0),
              std::max(all.x1, buffer.x0 + buffer.width * step),
              std::max(all.y1, buffer.y0 + buffer.height * step)};
  }
  std::vector<float> costs(poses.size(), 0.0F);
  std::vector<float> rendered(poses.size());
  int count = 0;
  for (int y = all.y0; y < std::min(all.y1, camera.height); y += step) {
    for (int x = all.x0; x < std::min(all.x1, camera.width); x += step) {
      const float z =
          frame.full_depth_m[static_cast<std::size_t>(y) * static_cast<std::size_t>(camera.width) +
                             static_cast<std::size_t>(x)];
      if (z <= 0) continue;
      bool covered = false;
      for (std::size_t i = 0; i < poses.size(); ++i) {
        rendered[i] = rendered_inverse_z(buffers[i], x, y);
        covered = covered || rendered[i] > 0;
      }
      if (!covered) continue;
      ++count;
      const PixelFeatures& pixel = scene.pixel(std::min(x / frame.reduction, scene.width() - 1),
                                               std::min(y / frame.reduction, scene.height() - 1));
      const bool foreground = scene.surface(pixel) == Surface::kForeground;
      const float sigma = kNoise * frame.sigma_m(z);
      const float model = kModel * object.diameter_m;
      const float variance = sigma * sigma + model * model;
      for (std::size_t i = 0; i < poses.size(); ++i) {
        if (rendered[i] > 0) {
          costs[i] += matched_cost(z - 1.0F / rendered[i], variance);
        } else {
          const bool near = std::abs(z - poses[i].translation_m.z()) < object.radius_m;
          costs[i] += foreground && near ? kUnexplainedCost : kElsewhereCost;
        }
      }
    }
  }
  for (float& cost : costs) cost /= static_cast<float>(std::max(1, count));
  return costs;
}

void share_presence(const SceneView& scene, const GeometricFeatures& object,
                    std::span<Hypothesis*> rivals, std::span<const Candidate> poses) {
  const std::vector<float> costs = misfits(scene, object, poses);
  float best = -1e9F;
  for (std::size_t i = 0; i < rivals.size(); ++i) {
    rivals[i]->evidence.misfit = costs[i];
    best = std::max(best, rivals[i]->raw_score - kMisfitWeight * costs[i]);
  }
  float sum = 0;
  for (std::size_t i = 0; i < rivals.size(); ++i) {
    const float score = rivals[i]->raw_score - kMisfitWeight * costs[i];
    rivals[i]->probability = std::exp((score - best) / kTemperature);
    sum += rivals[i]->probability;
  }
  for (Hypothesis* const rival : rivals) rival->probability *= rival->presence / sum;
}

}  // namespace

void settle_twins(const SceneView& scene, const ObjectData& object,
                  std::vector<Hypothesis>& hypotheses) {
  const Eigen::Vector3d center = object.geometric.center_m.cast<double>();
  std::stable_sort(
      hypotheses.begin(), hypotheses.end(),
      [](const Hypothesis& a, const Hypothesis& b) { return a.presence > b.presence; });
  std::vector<bool> settled(hypotheses.size(), false);
  for (std::size_t first = 0; first < hypotheses.size(); ++first) {
    if (settled[first]) continue;
    const Eigen::Vector3d here = hypotheses[first].cam_from_obj * center;
    const float presence = hypotheses[first].presence;
    std::vector<Hypothesis*> rivals;
    std::vector<Candidate> poses;
    for (std::size_t i = first; i < hypotheses.size(); ++i) {
      Hypothesis& other = hypotheses[i];
      const Eigen::Vector3d there = other.cam_from_obj * center;
      if (settled[i] || (there - here).norm() > kPlace * object.diameter_m ||
          !same_pixels(hypotheses[first], other)) {
        continue;
      }
      settled[i] = true;
      other.probability = 0;
      other.presence = presence;
      if (rivals.size() >= kMostRivals || other.raw_score < hypotheses[first].raw_score - kRival) {
        continue;
      }
      rivals.push_back(&other);
      poses.push_back({other.cam_from_obj.linear().cast<float>(), there.cast<float>(), 0});
    }
    if (rivals.size() == 1 || presence < kLeastPresence) {
      hypotheses[first].probability = presence;
    } else {
      share_presence(scene, object.geometric, rivals, poses);
    }
  }
  std::stable_sort(
      hypotheses.begin(), hypotheses.end(), [](const Hypothesis& a, const Hypothesis& b) {
        return a.presence != b.presence ? a.presence > b.presence : a.probability > b.probability;
      });
}

}  // namespace sam6d
