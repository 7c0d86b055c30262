#include "mesh/surface_color.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

namespace sam6d {
namespace {

/// The pixel whose centre lies before `x` in a row of `size` pixels that repeats, and how far
/// behind it `x` is (0..1).
std::pair<int, float> pixel_before(float x, int size) {
  const float position = (x - std::floor(x)) * static_cast<float>(size) - 0.5F;
  const float before = std::floor(position);
  return {(static_cast<int>(before) + size) % size, position - before};
}

}  // namespace

Eigen::Vector3f texture_color(const Image<Rgb8>& texture, const Eigen::Vector2f& uv) {
  const auto [x0, right] = pixel_before(uv.x(), texture.width());
  const auto [y0, down] = pixel_before(uv.y(), texture.height());
  const int x1 = (x0 + 1) % texture.width();
  const int y1 = (y0 + 1) % texture.height();
  const Eigen::Vector3f upper =
      (1.0F - right) * to_vector(texture(x0, y0)) + right * to_vector(texture(x1, y0));
  const Eigen::Vector3f lower =
      (1.0F - right) * to_vector(texture(x0, y1)) + right * to_vector(texture(x1, y1));
  return (1.0F - down) * upper + down * lower;
}

Eigen::Vector3f surface_color(const TriangleMesh& mesh, const Eigen::Vector3i& face,
                              const Eigen::Vector3f& weights, const Rgb8& base_color) {
  if (!mesh.texture.empty() && !mesh.uvs.empty()) {
    Eigen::Vector2f uv = Eigen::Vector2f::Zero();
    for (int i = 0; i < 3; ++i) uv += weights[i] * mesh.uvs[static_cast<std::size_t>(face[i])];
    return texture_color(mesh.texture, uv);
  }
  if (mesh.vertex_colors.empty()) return to_vector(base_color);
  Eigen::Vector3f color = Eigen::Vector3f::Zero();
  for (int i = 0; i < 3; ++i) {
    color += weights[i] * to_vector(mesh.vertex_colors[static_cast<std::size_t>(face[i])]);
  }
  return color;
}

Rgb8 to_rgb8(const Eigen::Vector3f& color) {
  const auto channel = [](float value) {
    return static_cast<std::uint8_t>(std::clamp(value + 0.5F, 0.0F, 255.0F));
  };
  return {channel(color.x()), channel(color.y()), channel(color.z())};
}

}  // namespace sam6d
