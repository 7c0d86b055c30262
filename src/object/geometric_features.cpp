#include "object/geometric_features.hpp"

#include <algorithm>
#include <cmath>
#include <map>

#include "base/fail.hpp"
#include "base/progress.hpp"
#include "base/random.hpp"
#include "object/look_alikes.hpp"
#include "object/view_visibility.hpp"

namespace sam6d {
namespace {

constexpr int kSamples = 40000;
constexpr float kPointSpacing = 0.02F;  // share of the diameter
constexpr int kRenderFaces = 3000;
constexpr std::size_t kMostPoints = 16000;

/// The middle of the bounding box, moved onto the first axis of revolution.
Eigen::Vector3f object_center(const TriangleMesh& mesh, const Symmetries& symmetries) {
  Eigen::Vector3f low = mesh.vertices_m.front();
  Eigen::Vector3f high = low;
  for (const Eigen::Vector3f& vertex : mesh.vertices_m) {
    low = low.cwiseMin(vertex);
    high = high.cwiseMax(vertex);
  }
  Eigen::Vector3f center = 0.5F * (low + high);
  if (!symmetries.continuous.empty()) {
    const Eigen::Vector3f axis = symmetries.continuous.front().axis.cast<float>().normalized();
    const Eigen::Vector3f origin = symmetries.continuous.front().offset_m.cast<float>();
    center = origin + axis * axis.dot(center - origin);
  }
  return center;
}

/// The octahedral map of the unit sphere to the unit square.
Eigen::Vector2f octahedral(const Eigen::Vector3f& direction) {
  const float sum = direction.cwiseAbs().sum();
  float x = direction.x() / sum;
  float y = direction.y() / sum;
  if (direction.z() < 0) {
    const float folded = (1.0F - std::abs(y)) * (x >= 0 ? 1.0F : -1.0F);
    y = (1.0F - std::abs(x)) * (y >= 0 ? 1.0F : -1.0F);
    x = folded;
  }
  return {0.5F * (x + 1.0F), 0.5F * (y + 1.0F)};
}

Eigen::Vector3f octahedral_direction(float u, float v) {
  float x = 2.0F * u - 1.0F;
  float y = 2.0F * v - 1.0F;
  const float z = 1.0F - std::abs(x) - std::abs(y);
  if (z < 0) {
    const float folded = (1.0F - std::abs(y)) * (x >= 0 ? 1.0F : -1.0F);
    y = (1.0F - std::abs(x)) * (y >= 0 ? 1.0F : -1.0F);
    x = folded;
  }
  return Eigen::Vector3f(x, y, z).normalized();
}

std::vector<std::uint8_t> nearest_view_table() {
  const std::vector<Eigen::Vector3f> directions = view_directions();
  constexpr int kCells = GeometricFeatures::kDirectionCells;
  std::vector<std::uint8_t> table;
  for (int y = 0; y < kCells; ++y) {
    for (int x = 0; x < kCells; ++x) {
      const Eigen::Vector3f direction = octahedral_direction(
          (static_cast<float>(x) + 0.5F) / kCells, (static_cast<float>(y) + 0.5F) / kCells);
      std::size_t best = 0;
      for (std::size_t i = 1; i < directions.size(); ++i) {
        if (directions[i].dot(direction) > directions[best].dot(direction)) best = i;
      }
      table.push_back(static_cast<std::uint8_t>(best));
    }
  }
  return table;
}

/// One colour for every cell of chroma and luma that a fair share of the points falls in.
std::vector<ColorFeature> palette_of(const std::vector<ModelPoint>& points) {
  constexpr float kChromaCell = 0.04F * ColorFeature::kChromaScale;
  constexpr float kLumaCell = 0.3F * ColorFeature::kLumaScale;
  constexpr double kLeastShare = 0.004;
  struct Sum {
    long count = 0;
    long red_green = 0;
    long yellow_blue = 0;
    long luma = 0;
  };
  std::map<std::array<int, 3>, Sum> cells;
  const auto cell = [](std::int16_t value, float size) {
    return static_cast<int>(std::floor(static_cast<float>(value) / size));
  };
  for (const ModelPoint& point : points) {
    Sum& sum =
        cells[{cell(point.color.red_green, kChromaCell), cell(point.color.yellow_blue, kChromaCell),
               cell(point.color.luma, kLumaCell)}];
    ++sum.count;
    sum.red_green += point.color.red_green;
    sum.yellow_blue += point.color.yellow_blue;
    sum.luma += point.color.luma;
  }
  std::vector<ColorFeature> palette;
  for (const auto& [key, sum] : cells) {
    if (static_cast<double>(sum.count) < kLeastShare * static_cast<double>(points.size())) continue;
    palette.push_back({static_cast<std::int16_t>(sum.red_green / sum.count),
                       static_cast<std::int16_t>(sum.yellow_blue / sum.count),
                       static_cast<std::int16_t>(sum.luma / sum.count)});
  }
  return palette;
}

std::vector<ModelPoint> surface_points(const TriangleMesh& mesh, const Eigen::Vector3f& center,
                                       std::uint64_t seed, float spacing_m) {
  std::vector<ModelPoint> dense;
  for (const SurfaceSample& sample : sample_surface(mesh, kSamples, seed)) {
    ModelPoint point;
    point.position_m = sample.point_m - center;
    point.normal = sample.normal;
    point.color = color_feature(sample.color.r, sample.color.g, sample.color.b);
    dense.push_back(point);
  }
  std::vector<ModelPoint> points;
  for (const std::uint16_t index : thinned(dense, spacing_m)) points.push_back(dense[index]);
  if (points.size() > kMostPoints) points.resize(kMostPoints);
  return points;
}

}  // namespace

int GeometricFeatures::view_of(const Eigen::Vector3f& towards_camera) const {
  const Eigen::Vector2f place = octahedral(towards_camera) * static_cast<float>(kDirectionCells);
  const int x = std::clamp(static_cast<int>(place.x()), 0, kDirectionCells - 1);
  const int y = std::clamp(static_cast<int>(place.y()), 0, kDirectionCells - 1);
  return nearest_view[static_cast<std::size_t>(y * kDirectionCells + x)];
}

GeometricFeatures build_geometric_features(const TriangleMesh& mesh, double diameter_m,
                                           const Symmetries& symmetries, std::uint64_t seed,
                                           int threads, const ProgressFn& progress) {
  constexpr int kSteps = 4;
  constexpr const char* kStage = "pair features";
  report(progress, kStage, 0, kSteps);
  GeometricFeatures features;
  features.diameter_m = static_cast<float>(diameter_m);
  features.center_m = object_center(mesh, symmetries);
  features.has_color = mesh.has_color();
  for (const Eigen::Vector3f& vertex : mesh.vertices_m) {
    features.radius_m = std::max(features.radius_m, (vertex - features.center_m).norm());
  }

  TriangleMesh coarse = decimated(mesh, kRenderFaces);
  for (Eigen::Vector3f& vertex : coarse.vertices_m) vertex -= features.center_m;
  features.vertices_m = std::move(coarse.vertices_m);
  features.faces = std::move(coarse.faces);
  report(progress, kStage, 1, kSteps);

  std::vector<ModelPoint> points =
      surface_points(mesh, features.center_m, seed, kPointSpacing * features.diameter_m);
  orient_points(points, features.vertices_m, features.faces, features.radius_m, threads);
  std::vector<ViewSet> views =
      visible_views(points, features.vertices_m, features.faces, features.radius_m, threads);
  report(progress, kStage, 2, kSteps);

  // What no view sees cannot be matched.
  std::vector<ViewSet> seen_views;
  for (std::size_t i = 0; i < points.size(); ++i) {
    if (views[i].none()) continue;
    features.points.push_back(points[i]);
    seen_views.push_back(views[i]);
  }
  if (features.points.empty()) {
    fail(ErrorCode::kBadMesh, "mesh: expected a surface that can be seen, found none");
  }
  Random random(seed ^ 0x5eed0fULL);
  features.view_starts.push_back(0);
  for (std::size_t view = 0; view < kViewCount; ++view) {
    std::vector<std::uint16_t> visible;
    for (std::size_t i = 0; i < features.points.size(); ++i) {
      if (seen_views[i].test(view)) visible.push_back(static_cast<std::uint16_t>(i));
    }
    shuffle(visible, random);
    features.view_points.insert(features.view_points.end(), visible.begin(), visible.end());
    features.view_starts.push_back(static_cast<std::uint32_t>(features.view_points.size()));
  }
  features.nearest_view = nearest_view_table();
  if (features.has_color) features.palette = palette_of(features.points);
  report(progress, kStage, 3, kSteps);

  features.pairs = build_pair_table(features.points, seen_views, features.diameter_m);
  features.look_alikes =
      find_look_alikes(features.points, features.pairs.references, features.diameter_m, symmetries);
  report(progress, kStage, kSteps, kSteps);
  return features;
}

}  // namespace sam6d
