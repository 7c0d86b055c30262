#include "viz/frame_lines.hpp"

#include <algorithm>
#include <utility>

namespace sam6d {
namespace {

constexpr double kNearest_m = 1e-3;

cv::Point2d project_point(const CameraIntrinsics& camera, const Eigen::Vector3d& point_m) {
  return {camera.fx * point_m.x() / point_m.z() + camera.cx,
          camera.fy * point_m.y() / point_m.z() + camera.cy};
}

}  // namespace

Eigen::AlignedBox3d bounds_of(const TriangleMesh& mesh) {
  Eigen::AlignedBox3d bounds_m;
  for (const Eigen::Vector3f& vertex : mesh.vertices_m) bounds_m.extend(vertex.cast<double>());
  return bounds_m;
}

std::optional<Segment> project(const CameraIntrinsics& camera, Eigen::Vector3d a,
                               Eigen::Vector3d b) {
  if (a.z() > b.z()) std::swap(a, b);
  if (b.z() <= kNearest_m) return std::nullopt;
  if (a.z() < kNearest_m) a += (b - a) * ((kNearest_m - a.z()) / (b.z() - a.z()));
  return Segment{project_point(camera, a), project_point(camera, b)};
}

CuboidLines cuboid_lines(const Eigen::AlignedBox3d& bounds_m, const CameraIntrinsics& camera,
                         const RigidTransform& cam_from_obj) {
  const Eigen::Vector3d eye = cam_from_obj.inverse().translation();
  // Whether the camera looks at the outside of the face at the low (0) or high (1) end of an axis.
  const auto sees = [&](int axis, int end) {
    return end == 0 ? eye[axis] < bounds_m.min()[axis] : eye[axis] > bounds_m.max()[axis];
  };
  const auto corner = [&](const std::array<int, 3>& ends) {
    Eigen::Vector3d point;
    for (int k = 0; k < 3; ++k) {
      point[k] = ends[static_cast<std::size_t>(k)] == 0 ? bounds_m.min()[k] : bounds_m.max()[k];
    }
    return Eigen::Vector3d(cam_from_obj * point);
  };
  CuboidLines lines;
  for (int axis = 0; axis < 3; ++axis) {
    const int second = (axis + 1) % 3;
    const int third = (axis + 2) % 3;
    for (int i = 0; i < 2; ++i) {
      for (int j = 0; j < 2; ++j) {
        std::array<int, 3> from{};
        from[static_cast<std::size_t>(second)] = i;
        from[static_cast<std::size_t>(third)] = j;
        std::array<int, 3> to = from;
        to[static_cast<std::size_t>(axis)] = 1;
        const auto line = project(camera, corner(from), corner(to));
        if (line) (sees(second, i) || sees(third, j) ? lines.front : lines.back).push_back(*line);
      }
    }
  }
  return lines;
}

std::vector<AxisLine> axis_lines(double length_m, const CameraIntrinsics& camera,
                                 const RigidTransform& cam_from_obj) {
  std::vector<AxisLine> lines;
  const Eigen::Vector3d origin = cam_from_obj.translation();
  if (origin.z() <= kNearest_m) return lines;
  for (int axis = 0; axis < 3; ++axis) {
    const Eigen::Vector3d end = origin + length_m * cam_from_obj.linear().col(axis);
    if (end.z() <= kNearest_m) continue;
    lines.push_back({{project_point(camera, origin), project_point(camera, end)}, end.z(), axis});
  }
  // What is nearer is drawn over what is farther.
  std::stable_sort(lines.begin(), lines.end(), [](const AxisLine& a, const AxisLine& b) {
    return a.end_depth_m > b.end_depth_m;
  });
  return lines;
}

}  // namespace sam6d
