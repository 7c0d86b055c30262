#include "neural/depth_survey.hpp"

#include <algorithm>
#include <vector>

#include "ops/parallel.hpp"
#include "pose/frame_features.hpp"
#include "pose/search.hpp"

namespace sam6d {
namespace {

constexpr double kFarthestM = 20;
constexpr double kPlaneDiameters = 1.33;
constexpr double kLeastHeightM = 0.0026;
constexpr double kNoises = 2.5;
constexpr double kThicknesses = 1.0 / 3;
constexpr float kOutlineMarginM = 0.03F;
constexpr double kLeastRisingShare = 0.005;

struct Limits {
  double plane_extent_m = 0;
  double height_m = kFarthestM;
};

Limits limits_of(std::span<const ObjectSize> objects) {
  Limits limits;
  for (const ObjectSize& object : objects) {
    limits.plane_extent_m = std::max(limits.plane_extent_m, kPlaneDiameters * object.diameter_m);
    limits.height_m = std::min(limits.height_m, kThicknesses * object.thickness_m);
  }
  return limits;
}

PixelKind kind_of(const FrameFeatures& features, const std::vector<const SupportPlane*>& planes,
                  double most_height_m, float margin_m, int x, int y) {
  const float z_m = features.at(x, y).z_m;
  if (!(z_m > 0)) return PixelKind::kNoDepth;
  const Eigen::Vector3f point = features.point(x, y, z_m);
  const double noise_m = std::max(kLeastHeightM, kNoises * double{features.sigma_m(z_m)});
  const auto limit_m = static_cast<float>(std::min(most_height_m, noise_m));
  for (const SupportPlane* const plane : planes) {
    if (plane->height_m(point) < limit_m && plane->covers(point, margin_m)) {
      return PixelKind::kSupport;
    }
  }
  return PixelKind::kOther;
}

/// Nothing that could be an object rises above the planes, however far these go on.
bool shows_only_support(const FrameFeatures& features,
                        const std::vector<const SupportPlane*>& planes, double most_height_m) {
  constexpr int kStep = 4;
  constexpr float kEverywhereM = 1e3F;
  int support = 0;
  int other = 0;
  for (int y = 0; y < features.camera.height; y += kStep) {
    for (int x = 0; x < features.camera.width; x += kStep) {
      const PixelKind kind = kind_of(features, planes, most_height_m, kEverywhereM, x, y);
      support += kind == PixelKind::kSupport ? 1 : 0;
      other += kind == PixelKind::kOther ? 1 : 0;
    }
  }
  return other < kLeastRisingShare * (support + other);
}

}  // namespace

DepthSurvey survey_depth(const Frame& frame, std::span<const ObjectSize> objects,
                         const DepthSurveySettings& settings) {
  GeometricSearchOptions options;
  options.use_color = false;
  options.max_depth_m = kFarthestM;
  options.seed = settings.seed;
  options.threads = settings.threads;
  const PreparedFrame prepared(frame, options);
  const FrameFeatures& features = prepared.features();
  const Limits limits = limits_of(objects);
  std::vector<const SupportPlane*> planes;
  for (const SupportPlane& plane : features.planes) {
    if (plane.solid && double{plane.extent_m} > limits.plane_extent_m) planes.push_back(&plane);
  }
  if (shows_only_support(features, planes, limits.height_m)) planes.clear();
  DepthSurvey survey{Image<PixelKind>(features.camera.width, features.camera.height),
                     features.reduction};
  ops::parallel_for_ranges(survey.kinds.height(), 16, settings.threads, [&](int begin, int end) {
    for (int y = begin; y < end; ++y) {
      for (int x = 0; x < survey.kinds.width(); ++x) {
        survey.kinds(x, y) = kind_of(features, planes, limits.height_m, kOutlineMarginM, x, y);
      }
    }
  });
  return survey;
}

}  // namespace sam6d
