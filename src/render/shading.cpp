#include "render/shading.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Geometry>

namespace sam6d {
namespace {

/// The vertices' values, mixed as the hit's barycentric coordinates say.
template <class Value>
Value interpolated(const SurfaceHit& hit, const Value& a, const Value& b, const Value& c) {
  return (1.0F - hit.u - hit.v) * a + hit.u * b + hit.v * c;
}

Eigen::Vector3f to_vector(const Rgb8& color) {
  return {static_cast<float>(color.r), static_cast<float>(color.g), static_cast<float>(color.b)};
}

/// Whole-number coordinate of the pixel below `x`, wrapped into 0 .. size-1, and the rest.
std::pair<int, float> wrapped(float x, int size) {
  const float turns = x - std::floor(x);  // in 0..1
  const float position = turns * static_cast<float>(size) - 0.5F;
  const float below = std::floor(position);
  const int pixel = static_cast<int>(below);
  return {(pixel + size) % size, position - below};
}

Eigen::Vector3f texture_color(const Image<Rgb8>& texture, const Eigen::Vector2f& uv) {
  if (!uv.allFinite()) return to_vector(texture(0, 0));
  const auto [x0, right] = wrapped(uv.x(), texture.width());
  const auto [y0, down] = wrapped(uv.y(), texture.height());
  const int x1 = (x0 + 1) % texture.width();
  const int y1 = (y0 + 1) % texture.height();
  const Eigen::Vector3f top =
      (1.0F - right) * to_vector(texture(x0, y0)) + right * to_vector(texture(x1, y0));
  const Eigen::Vector3f bottom =
      (1.0F - right) * to_vector(texture(x0, y1)) + right * to_vector(texture(x1, y1));
  return (1.0F - down) * top + down * bottom;
}

// The transfer curve of IEC 61966-2-1 and its inverse, for values in 0..1.
float from_srgb(float shown) {
  return shown <= 0.04045F ? shown / 12.92F : std::pow((shown + 0.055F) / 1.055F, 2.4F);
}

float to_srgb(float light) {
  return light <= 0.0031308F ? light * 12.92F : 1.055F * std::pow(light, 1 / 2.4F) - 0.055F;
}

template <class Value>
const Value& of_corner(const std::vector<Value>& values, const TriangleMesh& mesh,
                       const SurfaceHit& hit, int corner) {
  return values[static_cast<std::size_t>(mesh.faces[hit.face][corner])];
}

}  // namespace

Eigen::Vector3f point_at(const TriangleMesh& mesh, const SurfaceHit& hit) {
  return interpolated<Eigen::Vector3f>(hit, of_corner(mesh.vertices_m, mesh, hit, 0),
                                       of_corner(mesh.vertices_m, mesh, hit, 1),
                                       of_corner(mesh.vertices_m, mesh, hit, 2));
}

Eigen::Vector3f face_normal(const TriangleMesh& mesh, const SurfaceHit& hit) {
  const Eigen::Vector3f& a = of_corner(mesh.vertices_m, mesh, hit, 0);
  const Eigen::Vector3f& b = of_corner(mesh.vertices_m, mesh, hit, 1);
  const Eigen::Vector3f& c = of_corner(mesh.vertices_m, mesh, hit, 2);
  // Doubles, since the squared area of a small face underflows in single precision.
  return (b - a).cast<double>().cross((c - a).cast<double>()).stableNormalized().cast<float>();
}

Eigen::Vector3f surface_color(const TriangleMesh& mesh, const SurfaceHit& hit,
                              const Rgb8& base_color) {
  if (!mesh.texture.empty() && !mesh.uvs.empty()) {
    return texture_color(mesh.texture,
                         interpolated<Eigen::Vector2f>(hit, of_corner(mesh.uvs, mesh, hit, 0),
                                                       of_corner(mesh.uvs, mesh, hit, 1),
                                                       of_corner(mesh.uvs, mesh, hit, 2)));
  }
  if (!mesh.vertex_colors.empty()) {
    return interpolated<Eigen::Vector3f>(hit,
                                         to_vector(of_corner(mesh.vertex_colors, mesh, hit, 0)),
                                         to_vector(of_corner(mesh.vertex_colors, mesh, hit, 1)),
                                         to_vector(of_corner(mesh.vertex_colors, mesh, hit, 2)));
  }
  return to_vector(base_color);
}

Rgb8 lit(const Eigen::Vector3f& color, float strength, bool linear) {
  const auto channel = [&](float value) {
    const float shown =
        linear ? 255.0F * to_srgb(from_srgb(value / 255.0F) * strength) : value * strength;
    return static_cast<std::uint8_t>(std::clamp(shown + 0.5F, 0.0F, 255.0F));
  };
  return {channel(color.x()), channel(color.y()), channel(color.z())};
}

}  // namespace sam6d
