#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <map>
#include <utility>

#include <Eigen/Geometry>

#include "base/fail.hpp"
#include "sam6d/template_views.hpp"

namespace sam6d {
namespace {

constexpr int kMaxViews = 642;

/// The icosahedron of the modelling tool that the reference's viewpoints come from, which rounds
/// its corners to three decimals at radius 200. With the exact ones directions would differ by
/// 5e-6.
const std::array<Eigen::Vector3d, 12> kIcosahedron = {{{0, 0, -200},
                                                       {144.72, -105.144, -89.443},
                                                       {-55.277, -170.128, -89.443},
                                                       {-178.885, 0, -89.443},
                                                       {-55.277, 170.128, -89.443},
                                                       {144.72, 105.144, -89.443},
                                                       {55.277, -170.128, 89.443},
                                                       {-144.72, -105.144, 89.443},
                                                       {-144.72, 105.144, 89.443},
                                                       {55.277, 170.128, 89.443},
                                                       {178.885, 0, 89.443},
                                                       {0, 0, 200}}};

/// Vertex numbers, as icosphere_directions() makes them, in the order of the reference's template
/// files. That order is by height, but neighbours in it differ by the rounding of single precision
/// only, so it is kept as data. Those of level 0 and 1 follow by leaving out the higher numbers.
constexpr std::array<std::uint16_t, kMaxViews> kFileOrder = {{
#include "render/icosphere_order.inc"
}};

using Face = std::array<int, 3>;

/// Corners less than 1.1 radii apart share an edge; three that do form a face.
std::vector<Face> icosahedron_faces() {
  constexpr double kNeighbours = 1.1 * 200;
  const auto near = [](int a, int b) {
    return (kIcosahedron[static_cast<std::size_t>(a)] - kIcosahedron[static_cast<std::size_t>(b)])
               .norm() < kNeighbours;
  };
  std::vector<Face> faces;
  for (int a = 0; a < 12; ++a) {
    for (int b = a + 1; b < 12; ++b) {
      for (int c = b + 1; c < 12; ++c) {
        if (near(a, b) && near(b, c) && near(a, c)) faces.push_back({a, b, c});
      }
    }
  }
  return faces;
}

/// Unit vectors of the icosphere: those of a coarser level come first.
std::vector<Eigen::Vector3d> icosphere_directions(std::size_t count) {
  std::vector<Eigen::Vector3d> points(kIcosahedron.begin(), kIcosahedron.end());
  for (Eigen::Vector3d& point : points) point /= 200;
  std::vector<Face> faces = icosahedron_faces();
  while (points.size() < count) {
    std::map<std::pair<int, int>, int> middles;
    const auto middle = [&](int a, int b) {
      const auto [entry, added] =
          middles.try_emplace(std::minmax(a, b), static_cast<int>(points.size()));
      if (added) {
        points.push_back(points[static_cast<std::size_t>(a)] + points[static_cast<std::size_t>(b)]);
      }
      return entry->second;
    };
    std::vector<Face> finer;
    for (const auto& [a, b, c] : faces) {
      const int ab = middle(a, b);
      const int bc = middle(b, c);
      const int ca = middle(c, a);
      finer.insert(finer.end(), {{a, ab, ca}, {ab, b, bc}, {ca, bc, c}, {ab, bc, ca}});
    }
    faces = std::move(finer);
    for (Eigen::Vector3d& point : points) point.normalize();
  }
  return points;
}

/// A camera at `direction` that looks at the origin, its x axis horizontal (across z).
RigidTransform obj_from_cam_looking_from(const Eigen::Vector3d& direction, double distance_m) {
  constexpr double kPole = 1e-6;
  const Eigen::Vector3d forward = -direction;
  Eigen::Vector3d right = forward.cross(Eigen::Vector3d::UnitZ());
  // Below and above the origin any direction is across z; the reference takes these.
  if (right.norm() < kPole) right = Eigen::Vector3d(direction.z() < 0 ? -1 : 1, 0, 0);
  right.normalize();
  RigidTransform pose = RigidTransform::Identity();
  pose.linear() << right, forward.cross(right), forward;
  pose.translation() = distance_m * direction;
  return pose;
}

}  // namespace

std::vector<RigidTransform> icosphere_views(int count, double distance_m) {
  if (count != 42 && count != 162 && count != kMaxViews) {
    fail(ErrorCode::kInvalidArgument, "views: expected 42, 162 or 642, found {}", count);
  }
  if (!(distance_m > 0) || !std::isfinite(distance_m)) {
    fail(ErrorCode::kInvalidArgument, "distance_m: expected a positive number, found {}",
         distance_m);
  }
  const std::vector<Eigen::Vector3d> directions =
      icosphere_directions(static_cast<std::size_t>(count));
  std::vector<RigidTransform> views;
  for (const int vertex : kFileOrder) {
    if (vertex < count) {
      views.push_back(
          obj_from_cam_looking_from(directions[static_cast<std::size_t>(vertex)], distance_m));
    }
  }
  return views;
}

}  // namespace sam6d
