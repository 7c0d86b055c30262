#include <algorithm>
#include <cmath>
#include <cstddef>

#include "base/fail.hpp"
#include "base/random.hpp"
#include "mesh/face_sampling.hpp"
#include "mesh/surface_color.hpp"
#include "mesh/triangle.hpp"
#include "sam6d/mesh.hpp"

namespace sam6d {
namespace {

/// Areas of the faces, summed up.
std::vector<double> cumulative_areas(const TriangleMesh& mesh) {
  std::vector<double> sums;
  sums.reserve(mesh.faces.size());
  double sum = 0;
  for (const Eigen::Vector3i& face : mesh.faces) {
    const double doubled = doubled_area_vector(mesh, face).norm();
    sum += std::isfinite(doubled) ? 0.5 * doubled : 0.0;
    sums.push_back(sum);
  }
  return sums;
}

FacePoint random_point(std::size_t face, Random& random) {
  // The square root makes the points even over the triangle (Turk, Graphics Gems, 1990).
  const double away = std::sqrt(random.uniform());
  const double along = random.uniform();
  return {face, {1.0 - away, away * (1.0 - along), away * along}};
}

}  // namespace

std::vector<FacePoint> sample_faces(const TriangleMesh& mesh, int count, std::uint64_t seed) {
  if (count < 0) {
    fail(ErrorCode::kInvalidArgument, "count: expected at least 0 samples, found {}", count);
  }
  if (count == 0) return {};
  const std::vector<double> areas = cumulative_areas(mesh);
  if (areas.empty() || !(areas.back() > 0)) {
    fail(ErrorCode::kBadMesh, "mesh: expected a surface, found one without area");
  }
  Random random(seed);
  std::vector<FacePoint> places;
  places.reserve(static_cast<std::size_t>(count));
  std::size_t face = 0;
  for (int i = 0; i < count; ++i) {
    // One draw in each of `count` equal parts of the area: every region gets its share.
    const double drawn = areas.back() * (i + random.uniform()) / count;
    while (face + 1 < areas.size() && areas[face] <= drawn) ++face;
    places.push_back(random_point(face, random));
  }
  shuffle(places, random);
  return places;
}

SurfaceSample surface_sample(const TriangleMesh& mesh, const FacePoint& place) {
  const Eigen::Vector3i& face = mesh.faces[place.face];
  Eigen::Vector3d point = Eigen::Vector3d::Zero();
  for (int i = 0; i < 3; ++i) point += place.weights[i] * corner_m(mesh, face, i);
  SurfaceSample sample;
  sample.point_m = point.cast<float>();
  sample.normal = doubled_area_vector(mesh, face).stableNormalized().cast<float>();
  if (mesh.has_color()) {
    sample.color = to_rgb8(surface_color(mesh, face, place.weights.cast<float>()));
  }
  return sample;
}

std::vector<SurfaceSample> sample_surface(const TriangleMesh& mesh, int count, std::uint64_t seed) {
  std::vector<SurfaceSample> samples;
  for (const FacePoint& place : sample_faces(mesh, count, seed)) {
    samples.push_back(surface_sample(mesh, place));
  }
  return samples;
}

}  // namespace sam6d
