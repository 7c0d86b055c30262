#include "neural/object_size.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "object/object_data.hpp"

namespace sam6d {
namespace {

constexpr int kDirections = 162;
/// So many views see an object from all around.
constexpr int kEnoughViews = 42;

double thickness_m(const ObjectModel& object) {
  double least = object.diameter_m();
  for (const RigidTransform& view : icosphere_views(kDirections, 1.0)) {
    const Eigen::Vector3f axis = view.linear().col(2).cast<float>();
    float low = INFINITY;
    float high = -INFINITY;
    for (const SurfaceSample& sample : object.surface_samples()) {
      const float along = axis.dot(sample.point_m);
      low = std::min(low, along);
      high = std::max(high, along);
    }
    least = std::min(least, std::max(0.0, static_cast<double>(high) - static_cast<double>(low)));
  }
  return least;
}

/// As if all of it were as far as the object's origin.
double silhouette_m2(const PackedView& view) {
  const double z = view.cam_from_obj.translation().z();
  return static_cast<double>(view.colors.size()) * z * z / (view.camera.fx * view.camera.fy);
}

}  // namespace

ObjectSize measure_object(const ObjectModel& object) {
  ObjectSize size;
  size.diameter_m = object.diameter_m();
  size.thickness_m = thickness_m(object);
  size.largest_silhouette_m2 = 0.25 * std::numbers::pi * size.diameter_m * size.diameter_m;
  const std::vector<PackedView>& views = object.data().views;
  if (static_cast<int>(views.size()) < kEnoughViews) return size;
  size.smallest_silhouette_m2 = size.largest_silhouette_m2;
  double largest = 0;
  for (const PackedView& view : views) {
    const double area = silhouette_m2(view);
    size.smallest_silhouette_m2 = std::min(size.smallest_silhouette_m2, area);
    largest = std::max(largest, area);
  }
  size.largest_silhouette_m2 = std::min(size.largest_silhouette_m2, largest);
  return size;
}

}  // namespace sam6d
