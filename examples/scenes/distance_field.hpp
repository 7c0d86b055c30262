#pragma once

#include <functional>

#include <Eigen/Core>

#include "sam6d/image.hpp"
#include "sam6d/mesh.hpp"

/// Solids as signed distances (negative inside), and a mesher for them. Lengths have any one unit.
namespace sam6d::scenes {

using DistanceField = std::function<float(const Eigen::Vector3f&)>;
using ColorField = std::function<Rgb8(const Eigen::Vector3f&)>;

// Primitives, centred at the origin ---------------------------------------------------------------
[[nodiscard]] float box_distance(const Eigen::Vector3f& p, const Eigen::Vector3f& half_size);
/// Axis z.
[[nodiscard]] float cylinder_distance(const Eigen::Vector3f& p, float radius, float half_height);
/// Axis z, radius changes linearly from the bottom to the top.
[[nodiscard]] float cone_distance(const Eigen::Vector3f& p, float radius_bottom, float radius_top,
                                  float half_height);
[[nodiscard]] float capsule_distance(const Eigen::Vector3f& p, const Eigen::Vector3f& a,
                                     const Eigen::Vector3f& b, float radius);
/// Around z.
[[nodiscard]] float torus_distance(const Eigen::Vector3f& p, float radius, float tube_radius);
/// Regular prism along z with `sides` sides at distance `apothem`; one side faces +x.
[[nodiscard]] float prism_distance(const Eigen::Vector3f& p, int sides, float apothem,
                                   float half_height);
/// Union whose seam is rounded over about `radius`.
[[nodiscard]] float smooth_union(float a, float b, float radius);

/// Smooth noise in -1..1 with features of about unit size.
[[nodiscard]] float value_noise(const Eigen::Vector3f& p, unsigned seed);

/// A watertight mesh of the surface by dual contouring (Ju et al. 2002): edges stay sharp.
/// `half_size` bounds the solid; the longest side gets `cells` cells. Faces turn outwards. Throws
/// Error(kInvalidArgument) when the field has no surface within the bounds.
[[nodiscard]] TriangleMesh mesh_of(const DistanceField& distance, const ColorField& color,
                                   const Eigen::Vector3f& half_size, int cells);

}  // namespace sam6d::scenes
