#include <algorithm>
#include <cmath>
#include <numbers>

#include "scenes/solids.hpp"

/// Cans, mugs, cups, bottles, vases, pitchers.
namespace sam6d::scenes {
namespace {

using Eigen::Vector3f;

float real(Random& random, double low, double high) {
  return static_cast<float>(random.uniform(low, high));
}

/// Horizontal bands; between them the main colour.
ColorField bands(const Palette& palette, float low, float high, float height) {
  return [=](const Vector3f& p) {
    const float t = p.z() / height;
    if (t > low && t < high) return palette[1];
    return t > 0.93F || t < -0.93F ? palette[2] : palette[0];
  };
}

/// A printed label on one side of a round body: a patch with lines and a spot.
ColorField round_label(const Palette& palette, float half_height, float half_angle, unsigned seed) {
  return [=](const Vector3f& p) {
    const float angle = std::atan2(p.y(), p.x());
    const float u = angle / half_angle;
    const float v = p.z() / half_height;
    if (std::abs(u) > 1 || std::abs(v) > 0.75F) return palette[0];
    const bool spot = std::hypot(u + 0.4F, v - 0.3F) < 0.35F;
    const bool line = value_noise({v * 6, 0.5F, 0.5F}, seed) > 0.25F && u > -0.8F && u < 0.8F;
    return spot || line ? palette[2] : palette[1];
  };
}

Solid can(Random& random) {
  const float radius = real(random, 0.3, 0.6);
  const float height = real(random, 0.55, 1.0);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float body = cylinder_distance(p, radius, height);
    // Recessed ends with a rim.
    const float top = cylinder_distance(p - Vector3f(0, 0, height), radius * 0.9F, 0.06F);
    const float bottom = cylinder_distance(p + Vector3f(0, 0, height), radius * 0.86F, 0.04F);
    return std::max({body, -top, -bottom});
  };
  solid.half_size = {radius, radius, height};
  solid.symmetries = revolution(false);
  solid.color_breaks_symmetry = random.chance(0.5);
  solid.color = solid.color_breaks_symmetry ? round_label(palette, height, real(random, 1.0, 1.8),
                                                          static_cast<unsigned>(random.next()))
                                            : bands(palette, -0.3F, real(random, 0.1, 0.6), height);
  return solid;
}

Solid mug(Random& random) {
  const float radius = real(random, 0.38, 0.5);
  const float height = real(random, 0.42, 0.62);
  const float wall = real(random, 0.045, 0.06);
  const float grip = real(random, 0.2, 0.27);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float outside = cylinder_distance(p, radius, height);
    const float inside = cylinder_distance(p - Vector3f(0, 0, 2 * wall), radius - wall, height);
    const Vector3f q(p.x() - radius, p.z() * 0.75F, p.y());
    const float handle = std::max(torus_distance(q, grip, 0.055F), -outside);
    return std::max(smooth_union(outside, handle, 0.03F), -inside);
  };
  solid.half_size = {radius + grip + 0.08F, radius + grip + 0.08F, height};
  solid.color = bands(palette, real(random, -0.5, 0), real(random, 0.1, 0.6), height);
  return solid;
}

Solid cup(Random& random) {
  const float bottom = real(random, 0.28, 0.36);
  const float top = bottom + real(random, 0.1, 0.22);
  const float height = real(random, 0.45, 0.65);
  const float wall = 0.05F;
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float outside = cone_distance(p, bottom, top, height);
    const float inside = cone_distance(p - Vector3f(0, 0, wall), bottom - wall, top - wall, height);
    const float rim = torus_distance(p - Vector3f(0, 0, height), top - 0.5F * wall, 0.75F * wall);
    return std::min(std::max(outside, -inside), rim);
  };
  solid.half_size = {top + wall, top + wall, height + wall};
  solid.symmetries = revolution(false);
  solid.color = bands(palette, real(random, -0.6, -0.1), real(random, 0.1, 0.5), height);
  return solid;
}

Solid bottle(Random& random) {
  const float radius = real(random, 0.28, 0.4);
  const float neck = real(random, 0.09, 0.14);
  const float shoulder = real(random, 0.1, 0.35);  // height where the body ends
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float body = cylinder_distance(p + Vector3f(0, 0, 0.5F * (1 - shoulder)), radius - 0.04F,
                                         0.5F * (1 + shoulder) - 0.04F) -
                       0.04F;
    const float cone = cone_distance(p - Vector3f(0, 0, shoulder + 0.16F), radius, neck, 0.18F);
    const float tube = cylinder_distance(p - Vector3f(0, 0, 0.6F), neck, 0.3F);
    const float cap = cylinder_distance(p - Vector3f(0, 0, 0.9F), neck + 0.04F, 0.09F);
    return std::min(smooth_union(smooth_union(body, cone, 0.05F), tube, 0.08F), cap);
  };
  solid.half_size = {radius + 0.02F, radius + 0.02F, 1.0F};
  solid.symmetries = revolution(false);
  solid.color_breaks_symmetry = random.chance(0.4);
  const auto seed = static_cast<unsigned>(random.next());
  const ColorField printed = round_label(palette, 0.6F, 1.3F, seed);
  const bool label = solid.color_breaks_symmetry;
  solid.color = [=](const Vector3f& p) {
    if (p.z() > 0.8F) return palette[2];
    if (label) return printed(p + Vector3f(0, 0, 0.4F));
    return p.z() > -0.7F && p.z() < shoulder - 0.1F ? palette[1] : palette[0];
  };
  return solid;
}

Solid vase(Random& random) {
  const float base = real(random, 0.28, 0.36);
  const float wave = real(random, 0.1, 0.16);
  const float phase = real(random, 0.0, 1.5);
  const Palette palette = random_palette(random);
  const auto radius_at = [=](float z) { return base + wave * std::cos(2.6F * z + phase + 1.0F); };
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float r = p.head<2>().norm();
    const float outer = 0.9F * (r - radius_at(p.z()));
    const float inner = outer + 0.06F;
    const float slab = std::abs(p.z()) - 0.85F;
    return std::max({outer, slab, -std::max(inner, -0.78F - p.z())});
  };
  solid.half_size = {base + wave, base + wave, 0.85F};
  solid.symmetries = revolution(false);
  const float rings = real(random, 3, 6);
  solid.color = [=](const Vector3f& p) {
    if (p.z() > 0.75F) return palette[2];
    return std::sin(p.z() * rings * 2) > 0.2F ? palette[1] : palette[0];
  };
  return solid;
}

Solid pitcher(Random& random) {
  const float bottom = real(random, 0.33, 0.42);
  const float top = real(random, 0.25, 0.33);
  const float height = real(random, 0.55, 0.7);
  const float wall = 0.075F;
  const float band = real(random, -0.2, 0.25);
  const Palette palette = random_palette(random);
  Solid solid;
  solid.distance = [=](const Vector3f& p) {
    const float outside = cone_distance(p, bottom, top, height);
    const Vector3f tip(-(top + 0.26F), 0, height - 0.02F);
    const float spout = capsule_distance(p, {-0.8F * top, 0, 0.55F * height}, tip, 0.1F);
    const float inside =
        cone_distance(p - Vector3f(0, 0, 2 * wall), bottom - wall, top - wall, height);
    const float upper =
        capsule_distance(p, {top, 0, 0.75F * height}, {bottom + 0.3F, 0, 0.6F * height}, 0.055F);
    const float lower = capsule_distance(p, {bottom + 0.3F, 0, 0.6F * height},
                                         {bottom - 0.02F, 0, -0.45F * height}, 0.055F);
    const float skin =
        smooth_union(smooth_union(outside, spout, 0.08F), std::min(upper, lower), 0.04F);
    return std::max({skin, -inside, std::abs(p.z()) - height});
  };
  solid.half_size = {bottom + 0.42F, bottom + 0.42F, height};
  solid.color = [=](const Vector3f& p) {
    if (std::abs(p.z() - band) < 0.1F) return palette[1];
    return p.z() > 0.9F * height ? palette[2] : palette[0];
  };
  return solid;
}

}  // namespace

Solid vessel_solid(ShapeKind kind, Random& random) {
  switch (kind) {
    case ShapeKind::kMug: return mug(random);
    case ShapeKind::kCup: return cup(random);
    case ShapeKind::kBottle: return bottle(random);
    case ShapeKind::kVase: return vase(random);
    case ShapeKind::kPitcher: return pitcher(random);
    default: return can(random);
  }
}

}  // namespace sam6d::scenes
