#pragma once

#include <Eigen/Core>

#include "sam6d/image.hpp"
#include "sam6d/mesh.hpp"
#include "scenes/random.hpp"

/// What scenes are furnished with: boxes with textures (tables, walls, boards), and shapes that
/// look like nothing in particular.
namespace sam6d::scenes {

enum class TextureKind { kPlain, kWood, kChecker, kCloth, kPatches, kGrain };
inline constexpr int kTextureKinds = 6;

[[nodiscard]] Image<Rgb8> make_texture(TextureKind kind, Random& random, int size_px = 512);

/// A box around the origin; every face shows the whole texture.
[[nodiscard]] TriangleMesh textured_box(const Eigen::Vector3f& size_m, const Image<Rgb8>& texture);

/// A simple coloured thing for clutter: box, cylinder, cone, ball, capsule, wedge.
[[nodiscard]] TriangleMesh clutter_shape(double size_m, Random& random);

}  // namespace sam6d::scenes
