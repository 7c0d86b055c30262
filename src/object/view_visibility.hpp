#pragma once

#include <span>
#include <vector>

#include <Eigen/Core>

#include "object/model_point.hpp"

namespace sam6d {

/// Unit directions from the object to the cameras of the kViewCount views.
[[nodiscard]] std::vector<Eigen::Vector3f> view_directions();

/// Turns normals that point into the object, and doubles the points of surfaces that are seen from
/// both sides (sheets without thickness), as CAD models made of open surfaces need.
void orient_points(std::vector<ModelPoint>& points, std::span<const Eigen::Vector3f> vertices_m,
                   std::span<const Eigen::Vector3i> faces, float radius_m, int threads);

/// For every point, the views that see it: its normal faces the camera, and the mesh does not hide
/// it.
[[nodiscard]] std::vector<ViewSet> visible_views(std::span<const ModelPoint> points,
                                                 std::span<const Eigen::Vector3f> vertices_m,
                                                 std::span<const Eigen::Vector3i> faces,
                                                 float radius_m, int threads);

}  // namespace sam6d
