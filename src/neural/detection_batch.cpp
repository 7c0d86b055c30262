#include "neural/detection_batch.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/logging.hpp"
#include "base/parallel.hpp"
#include "neural/detection_crop.hpp"
#include "neural/pixel_sampling.hpp"

namespace sam6d {
namespace {

bool is_certain_enough(float score, const CropSettings& settings) {
  return settings.reference_quirks && settings.min_detection_score > 0
             ? score > settings.min_detection_score
             : score >= settings.min_detection_score;
}

/// The crop, or the reason in `result`.
std::optional<PendingDetection> pending(const Frame& frame, std::span<const ObjectModel> objects,
                                        const CropSettings& settings, PoseResult& result) {
  const Detection& detection = result.detection;
  const auto object = std::find_if(objects.begin(), objects.end(), [&](const ObjectModel& model) {
    return model.id() == detection.object;
  });
  if (object == objects.end()) {
    result.reason = NoPoseReason::kUnknownObject;
    return std::nullopt;
  }
  if (!is_certain_enough(detection.score, settings)) {
    result.reason = NoPoseReason::kLowScore;
    return std::nullopt;
  }
  const DetectionCrop found = crop_detection(
      frame, detection, reach_m(*object, settings.reference_quirks), settings.reference_quirks);
  if (!found.crop) {
    result.reason = found.reason;
    return std::nullopt;
  }
  PendingDetection ready;
  ready.object = static_cast<std::size_t>(object - objects.begin());
  const Box& box = found.crop->box_px;
  ready.seed = mix_seed(settings.seed, {detection.object, box.x0, box.y0, box.x1, box.y1});
  Random random(ready.seed);
  ready.crop =
      network_crop(*found.crop, sample_pixels(static_cast<int>(found.crop->pixels.size()),
                                              settings.points, random, settings.reference_quirks));
  ready.seed = random.next();
  return ready;
}

}  // namespace

double reach_m(const ObjectModel& object, bool reference_quirks) {
  constexpr double kDiameters = 0.6;
  constexpr double kRadii = 1.2;
  if (!reference_quirks) return kDiameters * object.diameter_m();
  float radius_m = 0;
  for (const SurfaceSample& sample : object.surface_samples()) {
    radius_m = std::max(radius_m, sample.point_m.norm());
  }
  return kRadii * static_cast<double>(radius_m);
}

std::vector<PendingDetection> crop_detections(const Frame& frame,
                                              std::span<const ObjectModel> objects,
                                              std::span<const Detection> detections,
                                              const CropSettings& settings,
                                              std::vector<PoseResult>& results) {
  std::vector<std::optional<PendingDetection>> ready(detections.size());
  parallel_for(static_cast<int>(detections.size()), settings.threads, [&](int i) {
    const auto index = static_cast<std::size_t>(i);
    try {
      ready[index] = pending(frame, objects, settings, results[index]);
      if (ready[index]) ready[index]->detection = index;
    } catch (const std::exception& problem) {
      log_warning("detection {} of object {}: {}", i, detections[index].object, problem.what());
      results[index].reason = NoPoseReason::kFailed;
    }
  });
  std::vector<PendingDetection> all;
  for (std::optional<PendingDetection>& one : ready) {
    if (one) all.push_back(*std::move(one));
  }
  return all;
}

}  // namespace sam6d
