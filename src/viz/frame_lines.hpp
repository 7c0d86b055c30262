#pragma once

#include <array>
#include <optional>
#include <vector>

#include <Eigen/Geometry>

#include "sam6d/camera.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/transform.hpp"
#include "viz/coverage.hpp"

namespace sam6d {

[[nodiscard]] Eigen::AlignedBox3d bounds_of(const TriangleMesh& mesh);

/// A line between two points of the camera frame, on the picture; nothing when it lies behind the
/// camera.
[[nodiscard]] std::optional<Segment> project(const CameraIntrinsics& camera, Eigen::Vector3d a,
                                             Eigen::Vector3d b);

/// The edges of a cuboid: those that the camera sees, and those at its back.
struct CuboidLines {
  std::vector<Segment> front;
  std::vector<Segment> back;
};
[[nodiscard]] CuboidLines cuboid_lines(const Eigen::AlignedBox3d& bounds_m,
                                       const CameraIntrinsics& camera,
                                       const RigidTransform& cam_from_obj);

/// The x, y and z axis from the object's origin, each with the depth of its end.
struct AxisLine {
  Segment line;
  double end_depth_m = 0;
  int axis = 0;
};
[[nodiscard]] std::vector<AxisLine> axis_lines(double length_m, const CameraIntrinsics& camera,
                                               const RigidTransform& cam_from_obj);

}  // namespace sam6d
