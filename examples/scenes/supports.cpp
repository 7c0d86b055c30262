#include "scenes/supports.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include <Eigen/Geometry>

#include "scenes/distance_field.hpp"
#include "scenes/solids.hpp"

namespace sam6d::scenes {
namespace {

using Eigen::Vector3f;

Rgb8 mix(const Rgb8& a, const Rgb8& b, float t) {
  const auto channel = [t](std::uint8_t x, std::uint8_t y) {
    return static_cast<std::uint8_t>(
        std::lround(static_cast<float>(x) + t * static_cast<float>(y - x)));
  };
  return {channel(a.r, b.r), channel(a.g, b.g), channel(a.b, b.b)};
}

float unit(float value) { return std::clamp(0.5F + 0.5F * value, 0.0F, 1.0F); }

/// How far between the first and the second colour a point of the texture lies; (u, v) in 0..1.
float pattern(TextureKind kind, float u, float v, float scale, unsigned seed) {
  switch (kind) {
    case TextureKind::kWood: {
      const float grain = value_noise({u * 2 * scale, v * 14 * scale, 0.5F}, seed);
      const float fine = value_noise({u * 9 * scale, v * 90 * scale, 3.5F}, seed + 1);
      return unit(0.7F * grain + 0.3F * fine);
    }
    case TextureKind::kChecker: {
      const int square = static_cast<int>(u * 6 * scale) + static_cast<int>(v * 6 * scale);
      return static_cast<float>(square & 1);
    }
    case TextureKind::kCloth: {
      const float cloud = value_noise({u * 5 * scale, v * 5 * scale, 0.5F}, seed) +
                          0.5F * value_noise({u * 17 * scale, v * 17 * scale, 1.5F}, seed);
      return unit(cloud);
    }
    case TextureKind::kPatches:
      return value_noise({std::floor(u * 12 * scale), std::floor(v * 12 * scale), 0}, seed) > 0.3F
                 ? 1.0F
                 : 0.0F;
    case TextureKind::kGrain: return unit(0.8F * value_noise({u * 200, v * 200, 0.5F}, seed));
    case TextureKind::kPlain:
    default: return 0;
  }
}

}  // namespace

Image<Rgb8> make_texture(TextureKind kind, Random& random, int size_px) {
  const Palette palette = random_palette(random);
  const auto seed = static_cast<unsigned>(random.next());
  const auto scale = static_cast<float>(random.uniform(0.7, 2.0));
  Rgb8 first = palette[0];
  Rgb8 second = palette[1];
  if (kind == TextureKind::kWood) {
    const auto tone = static_cast<float>(random.uniform(0, 1));
    first = mix({120, 80, 45}, {205, 170, 120}, tone);
    second = mix(first, {60, 35, 20}, 0.4F);
  } else if (kind == TextureKind::kGrain || kind == TextureKind::kPlain) {
    const auto gray = static_cast<std::uint8_t>(random.uniform(70, 215));
    first = mix({gray, gray, gray}, palette[0], static_cast<float>(random.uniform(0, 0.4)));
    second = mix(first, {40, 40, 40}, 0.35F);
  }
  Image<Rgb8> texture(size_px, size_px);
  const auto size = static_cast<float>(size_px);
  for (int y = 0; y < size_px; ++y) {
    for (int x = 0; x < size_px; ++x) {
      const float t = pattern(kind, (static_cast<float>(x) + 0.5F) / size,
                              (static_cast<float>(y) + 0.5F) / size, scale, seed);
      texture(x, y) = mix(first, second, t);
    }
  }
  return texture;
}

TriangleMesh textured_box(const Vector3f& size_m, const Image<Rgb8>& texture) {
  TriangleMesh mesh;
  mesh.texture = texture;
  for (int axis = 0; axis < 3; ++axis) {
    for (const float side : {-1.0F, 1.0F}) {
      const Vector3f n = side * Vector3f::Unit(axis);
      const Vector3f u = Vector3f::Unit((axis + 1) % 3);
      const Vector3f v = n.cross(u);
      const auto first = static_cast<int>(mesh.vertices_m.size());
      for (const auto& [a, b] :
           std::array<std::array<float, 2>, 4>{{{0, 0}, {1, 0}, {1, 1}, {0, 1}}}) {
        const Vector3f corner = n + (2 * a - 1) * u + (2 * b - 1) * v;
        mesh.vertices_m.push_back(0.5F * corner.cwiseProduct(size_m));
        mesh.uvs.emplace_back(a, b);
      }
      mesh.faces.emplace_back(first, first + 1, first + 2);
      mesh.faces.emplace_back(first, first + 2, first + 3);
    }
  }
  return mesh;
}

TriangleMesh clutter_shape(double size_m, Random& random) {
  const auto size = static_cast<float>(size_m);
  const float a = 0.5F * size;
  const auto b = static_cast<float>(random.uniform(0.25, 0.5)) * size;
  const auto c = static_cast<float>(random.uniform(0.15, 0.5)) * size;
  const Palette palette = random_palette(random);
  const auto seed = static_cast<unsigned>(random.next());
  const bool speckled = random.chance(0.3);
  const ColorField color = [=](const Vector3f& p) {
    return speckled && value_noise(p * (5 / size), seed) > 0.1F ? palette[1] : palette[0];
  };
  DistanceField distance;
  switch (random.below(6)) {
    case 0: distance = [=](const Vector3f& p) { return box_distance(p, {a, b, c}); }; break;
    case 1: distance = [=](const Vector3f& p) { return cylinder_distance(p, c, a); }; break;
    case 2: distance = [=](const Vector3f& p) { return cone_distance(p, b, 0.1F * b, a); }; break;
    case 3: distance = [=](const Vector3f& p) { return p.norm() - b; }; break;
    case 4:
      distance = [=](const Vector3f& p) {
        return capsule_distance(p, {0, 0, 0.5F * c - a}, {0, 0, a - 0.5F * c}, 0.5F * c);
      };
      break;
    default:
      distance = [=](const Vector3f& p) {
        return std::max(box_distance(p, {a, b, c}), (p.x() / a + p.z() / c) * 0.6F * c);
      };
  }
  return mesh_of(distance, color, {a, std::max(b, c), std::max(a, c)}, 24);
}

}  // namespace sam6d::scenes
