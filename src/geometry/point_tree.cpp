#include "geometry/point_tree.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <vector>

#include <nanoflann.hpp>

#include "base/fail.hpp"

namespace sam6d {
namespace {

struct PointCloud {
  std::vector<Eigen::Vector3f> points;

  // Named by nanoflann's data set interface.
  [[nodiscard]] std::size_t kdtree_get_point_count() const { return points.size(); }
  [[nodiscard]] float kdtree_get_pt(std::size_t index, std::size_t axis) const {
    return points[index][static_cast<Eigen::Index>(axis)];
  }
  template <class BoundingBox>
  bool kdtree_get_bbox(BoundingBox& /*box*/) const {
    return false;
  }
};

using Tree = nanoflann::KDTreeSingleIndexAdaptor<
    nanoflann::L2_Simple_Adaptor<float, PointCloud, float, std::uint32_t>, PointCloud, 3,
    std::uint32_t>;

constexpr std::size_t kLeafSize = 12;

/// nanoflann's result set, which writes into a span instead of arrays of its own.
class NearestInto {
 public:
  using DistanceType = float;
  using IndexType = std::uint32_t;

  explicit NearestInto(std::span<PointTree::Neighbour> result) : result_(result) {}

  [[nodiscard]] std::size_t size() const { return count_; }
  [[nodiscard]] bool empty() const { return count_ == 0; }
  void sort() {}  // it always is
  [[nodiscard]] bool full() const { return count_ == result_.size(); }
  [[nodiscard]] float worstDist() const {
    return full() ? result_[count_ - 1].squared_distance : std::numeric_limits<float>::max();
  }
  bool addPoint(float squared_distance, std::uint32_t index) {
    if (squared_distance >= worstDist()) return true;  // the tree asks for it once a leaf only
    std::size_t at = full() ? count_ - 1 : count_++;
    for (; at > 0 && result_[at - 1].squared_distance > squared_distance; --at) {
      result_[at] = result_[at - 1];
    }
    result_[at] = {index, squared_distance};
    return true;
  }

 private:
  std::span<PointTree::Neighbour> result_;
  std::size_t count_ = 0;
};

}  // namespace

struct PointTree::Impl {
  explicit Impl(std::span<const Eigen::Vector3f> points)
      : cloud{{points.begin(), points.end()}},
        tree(3, cloud, nanoflann::KDTreeSingleIndexAdaptorParams(kLeafSize)) {}

  PointCloud cloud;
  Tree tree;
};

PointTree::PointTree(std::span<const Eigen::Vector3f> points) {
  const auto finite = [](const Eigen::Vector3f& point) { return point.allFinite(); };
  if (points.empty() || !std::all_of(points.begin(), points.end(), finite)) {
    fail(ErrorCode::kInvalidArgument, "points: expected one or more finite points");
  }
  impl_ = std::make_unique<const Impl>(points);
}

PointTree::~PointTree() = default;
PointTree::PointTree(PointTree&&) noexcept = default;
PointTree& PointTree::operator=(PointTree&&) noexcept = default;

std::size_t PointTree::size() const { return impl_->cloud.points.size(); }

PointTree::Neighbour PointTree::nearest(const Eigen::Vector3f& query) const {
  Neighbour found;
  nearest(query, std::span(&found, 1));
  return found;
}

std::size_t PointTree::nearest(const Eigen::Vector3f& query, std::span<Neighbour> result) const {
  if (result.empty()) return 0;
  NearestInto into(result);
  impl_->tree.findNeighbors(into, query.data(), {});
  return into.size();
}

}  // namespace sam6d
