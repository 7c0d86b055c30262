#include "evaluate/nearest_points.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>

#include <nanoflann.hpp>

namespace sam6d {
namespace {

struct PointCloud {
  std::span<const Eigen::Vector3f> points;

  // Named by nanoflann's data set interface.
  [[nodiscard]] std::size_t kdtree_get_point_count() const { return points.size(); }
  [[nodiscard]] double kdtree_get_pt(std::size_t index, std::size_t axis) const {
    return static_cast<double>(points[index][static_cast<Eigen::Index>(axis)]);
  }
  template <class BoundingBox>
  bool kdtree_get_bbox(BoundingBox& /*box*/) const {
    return false;
  }
};

using Tree = nanoflann::KDTreeSingleIndexAdaptor<
    nanoflann::L2_Simple_Adaptor<double, PointCloud, double, std::uint32_t>, PointCloud, 3,
    std::uint32_t>;

}  // namespace

struct NearestPoints::Impl {
  explicit Impl(std::span<const Eigen::Vector3f> points_m) : cloud{points_m} {}

  PointCloud cloud;
  Tree tree{3, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(16)};
};

NearestPoints::NearestPoints(std::span<const Eigen::Vector3f> points_m)
    : impl_(std::make_unique<const Impl>(points_m)) {}
NearestPoints::~NearestPoints() = default;
NearestPoints::NearestPoints(NearestPoints&&) noexcept = default;
NearestPoints& NearestPoints::operator=(NearestPoints&&) noexcept = default;

double NearestPoints::adi_m(const RigidTransform& estimate, const RigidTransform& truth) const {
  const RigidTransform estimated_from_true = estimate.inverse() * truth;
  double sum = 0;
  for (const Eigen::Vector3f& point : impl_->cloud.points) {
    const Eigen::Vector3d query = estimated_from_true * point.cast<double>();
    std::uint32_t index = 0;
    double squared = 0;
    impl_->tree.knnSearch(query.data(), 1, &index, &squared);
    sum += std::sqrt(squared);
  }
  return sum / static_cast<double>(impl_->cloud.points.size());
}

}  // namespace sam6d
