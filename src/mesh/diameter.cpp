#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>
#include <vector>

#include <Eigen/Geometry>

#include "sam6d/mesh.hpp"

namespace sam6d {
namespace {

using Points = std::vector<Eigen::Vector3d>;

struct Pair {
  Eigen::Vector3d a = Eigen::Vector3d::Zero();
  Eigen::Vector3d b = Eigen::Vector3d::Zero();
  double squared = 0;
};

const Eigen::Vector3d& farthest_from(const Points& points, const Eigen::Vector3d& from) {
  std::size_t best = 0;
  double best_squared = -1;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const double squared = (points[i] - from).squaredNorm();
    if (squared > best_squared) {
      best_squared = squared;
      best = i;
    }
  }
  return points[best];
}

/// A long pair: from farthest point to farthest point until that no longer helps.
Pair long_pair(const Points& points) {
  Pair pair{points[0], points[0], 0};
  for (;;) {
    const Eigen::Vector3d& next = farthest_from(points, pair.b);
    const double squared = (next - pair.b).squaredNorm();
    if (!(squared > pair.squared)) return pair;
    pair = {pair.b, next, squared};
  }
}

/// Drops points that are too near the middle of `pair` to be an end of a longer one.
void drop_inner_points(Points& points, const Pair& pair) {
  const Eigen::Vector3d middle = 0.5 * (pair.a + pair.b);
  const double reach = (farthest_from(points, middle) - middle).norm();
  // The margin keeps rounding from dropping the ends themselves.
  const double inner = (1.0 - 1e-9) * std::sqrt(pair.squared) - reach;
  if (inner <= 0) return;
  std::erase_if(points, [&](const Eigen::Vector3d& point) {
    return (point - middle).squaredNorm() < inner * inner;
  });
}

/// A tree over the points, searched for the farthest pair by branch and bound. Every node bounds
/// its points by a box and by a flat disc that faces the middle: on a surface of constant width,
/// say a sphere, boxes alone would leave very many pairs of opposite nodes to look into.
class PointTree {
 public:
  PointTree(Points& points, const Eigen::Vector3d& middle) : points_(points), middle_(middle) {
    nodes_.reserve(4 * points.size() / kLeafSize + 2);
    build(0, points.size());
  }

  void lengthen(Pair& pair) const { lengthen(pair, 0, 0); }

 private:
  static constexpr std::size_t kLeafSize = 8;

  struct Node {
    Eigen::AlignedBox3d box;
    Eigen::Vector3d center;
    Eigen::Vector3d outward;  ///< unit, from the middle to the centre
    double radius = 0;        ///< of the points about the centre
    double half_height = 0;   ///< of the points along `outward`
    std::size_t begin = 0;
    std::size_t end = 0;
    std::size_t left = 0;  ///< 0 = this is a leaf
    std::size_t right = 0;
  };

  [[nodiscard]] Node bounded(std::size_t begin, std::size_t end) const {
    Node node;
    for (std::size_t i = begin; i < end; ++i) node.box.extend(points_[i]);
    node.center = node.box.center();
    node.outward = (node.center - middle_).stableNormalized();
    for (std::size_t i = begin; i < end; ++i) {
      const Eigen::Vector3d offset = points_[i] - node.center;
      node.radius = std::max(node.radius, offset.squaredNorm());
      node.half_height = std::max(node.half_height, std::abs(offset.dot(node.outward)));
    }
    node.radius = std::sqrt(node.radius);
    node.begin = begin;
    // Copies of one point (a mesh of loose triangles has many) count once.
    node.end = node.radius > 0 ? end : begin + 1;
    return node;
  }

  std::size_t build(std::size_t begin, std::size_t end) {
    const std::size_t index = nodes_.size();
    Node node = bounded(begin, end);
    nodes_.push_back(node);
    if (node.end - node.begin <= kLeafSize) return index;
    int axis = 0;
    node.box.sizes().maxCoeff(&axis);
    const std::size_t middle = begin + (end - begin) / 2;
    const auto at = [&](std::size_t i) { return points_.begin() + static_cast<std::ptrdiff_t>(i); };
    std::nth_element(at(begin), at(middle), at(end),
                     [axis](const auto& a, const auto& b) { return a[axis] < b[axis]; });
    node.left = build(begin, middle);
    node.right = build(middle, end);
    nodes_[index] = node;
    return index;
  }

  /// How far the node's points reach beyond its centre in a direction (unit).
  [[nodiscard]] static double reach(const Node& node, const Eigen::Vector3d& direction) {
    const double along = std::min(1.0, std::abs(direction.dot(node.outward)));
    return std::min(node.radius,
                    along * node.half_height + std::sqrt(1.0 - along * along) * node.radius);
  }

  /// No pair of points from the two nodes is longer (squared), whatever the rounding.
  [[nodiscard]] double bound(std::size_t a, std::size_t b) const {
    constexpr double kMoreThanRounding = 1.0 + 1e-12;
    const Node& p = nodes_[a];
    const Node& q = nodes_[b];
    const double boxes =
        (p.box.max() - q.box.min()).cwiseMax(q.box.max() - p.box.min()).squaredNorm();
    const Eigen::Vector3d between = p.center - q.center;
    const double distance = between.norm();
    const double across = p.radius + q.radius;
    if (!(distance > across)) return kMoreThanRounding * boxes;
    const Eigen::Vector3d direction = between / distance;
    const double along = distance + reach(p, direction) + reach(q, direction);
    return kMoreThanRounding * std::min(boxes, along * along + across * across);
  }

  void lengthen(Pair& pair, std::size_t a, std::size_t b) const {
    if (!(bound(a, b) > pair.squared)) return;
    const Node& p = nodes_[a];
    const Node& q = nodes_[b];
    if (p.left == 0 && q.left == 0) {
      for (std::size_t i = p.begin; i < p.end; ++i) {
        for (std::size_t j = q.begin; j < q.end; ++j) {
          const double squared = (points_[i] - points_[j]).squaredNorm();
          if (squared > pair.squared) pair = {points_[i], points_[j], squared};
        }
      }
      return;
    }
    if (a == b) {
      lengthen(pair, p.left, p.right);
      lengthen(pair, p.left, p.left);
      lengthen(pair, p.right, p.right);
      return;
    }
    // The larger node is split; the more promising half goes first.
    const bool split_p = q.left == 0 || (p.left != 0 && p.radius >= q.radius);
    std::size_t first = split_p ? p.left : q.left;
    std::size_t second = split_p ? p.right : q.right;
    const std::size_t other = split_p ? b : a;
    if (bound(second, other) > bound(first, other)) std::swap(first, second);
    lengthen(pair, first, other);
    lengthen(pair, second, other);
  }

  Points& points_;
  Eigen::Vector3d middle_;
  std::vector<Node> nodes_;
};

}  // namespace

double diameter_m(const TriangleMesh& mesh) {
  Points points;
  points.reserve(mesh.vertices_m.size());
  for (const Eigen::Vector3f& vertex : mesh.vertices_m) {
    if (vertex.allFinite()) points.push_back(vertex.cast<double>());
  }
  if (points.empty()) return 0;
  Pair pair = long_pair(points);
  drop_inner_points(points, pair);
  if (!points.empty()) PointTree(points, 0.5 * (pair.a + pair.b)).lengthen(pair);
  return std::sqrt(pair.squared);
}

}  // namespace sam6d
