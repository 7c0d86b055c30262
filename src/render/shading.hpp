#pragma once

#include <Eigen/Core>

#include "render/ray_caster.hpp"
#include "sam6d/mesh.hpp"

namespace sam6d {

/// Where on the surface a ray hit, object frame.
[[nodiscard]] Eigen::Vector3f point_at(const TriangleMesh& mesh, const SurfaceHit& hit);

/// The hit face's normal, object frame, unit, on the side from which the vertices run
/// counter-clockwise.
[[nodiscard]] Eigen::Vector3f face_normal(const TriangleMesh& mesh, const SurfaceHit& hit);

/// The surface's own colour, 0..255 a channel: from the texture (bilinear, repeated beyond 0..1),
/// else from the vertices, else `base_color`.
[[nodiscard]] Eigen::Vector3f surface_color(const TriangleMesh& mesh, const SurfaceHit& hit,
                                            const Rgb8& base_color);

/// The colour in light of the given strength, 1 being full; what would be brighter than white is
/// white. With `linear`, strength is of the light before sRGB's transfer curve.
[[nodiscard]] Rgb8 lit(const Eigen::Vector3f& color, float strength, bool linear);

}  // namespace sam6d
