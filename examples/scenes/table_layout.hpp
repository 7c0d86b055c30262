#pragma once

#include <Eigen/Core>

#include "scenes/placement.hpp"
#include "scenes/scene.hpp"
#include "scenes/supports.hpp"

namespace sam6d::scenes {

/// Puts a body on a random free place of the floor within `reach_m` of the centre, in a stable
/// resting pose. False when no place was found.
bool place_resting(HeightField& field, const SolidBody& body, const Eigen::Vector2d& centre_m,
                   double reach_m, Random& random, RigidTransform& world_from_obj);

/// A table top at z = 0 and a floor 0.75 m below.
void add_table(SceneDescription& scene, const Eigen::Vector2d& size_m, Random& random);

/// Up to `count` clutter shapes, 0.4 to 1.6 times `size_m` large.
void add_clutter(SceneDescription& scene, HeightField& field, int count, double size_m,
                 double reach_m, Random& random);

/// Light from a random side above the target.
[[nodiscard]] Light random_light(const Eigen::Vector3d& target_m, double distance_m,
                                 Random& random);

/// A camera position around the target.
[[nodiscard]] Eigen::Vector3d eye_around(const Eigen::Vector3d& target_m, double distance_m,
                                         double elevation_rad, double azimuth_rad);

}  // namespace sam6d::scenes
