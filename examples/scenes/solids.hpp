#pragma once

#include <array>

#include <Eigen/Core>

#include "sam6d/symmetry.hpp"
#include "scenes/distance_field.hpp"
#include "scenes/procedural_meshes.hpp"
#include "scenes/random.hpp"

namespace sam6d::scenes {

/// A solid of about unit size before it is meshed.
struct Solid {
  DistanceField distance;
  ColorField color;
  Eigen::Vector3f half_size = Eigen::Vector3f::Ones();  ///< bounds
  Symmetries symmetries;                                ///< of the shape
  bool color_breaks_symmetry = false;
};

/// Colours that go together: a main one, a second and a third that differ from it.
using Palette = std::array<Rgb8, 3>;
[[nodiscard]] Palette random_palette(Random& random);

// Symmetries about z and its perpendiculars.
[[nodiscard]] Symmetries n_fold(int n, bool flips);
[[nodiscard]] Symmetries revolution(bool flips);

[[nodiscard]] Solid vessel_solid(ShapeKind kind, Random& random);
[[nodiscard]] Solid machine_part_solid(ShapeKind kind, Random& random);
[[nodiscard]] Solid household_solid(ShapeKind kind, Random& random);

}  // namespace sam6d::scenes
