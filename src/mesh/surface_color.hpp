#pragma once

#include <Eigen/Core>

#include "sam6d/mesh.hpp"

namespace sam6d {

/// Colour (0..255) of a texture at `uv`, between pixels bilinear; the texture repeats.
[[nodiscard]] SAM6D_API Eigen::Vector3f texture_color(const Image<Rgb8>& texture,
                                                      const Eigen::Vector2f& uv);

/// Colour (0..255) of a point of a face, `weights` being its barycentric coordinates: from the
/// texture, or else from the vertex colours, or else `base_color`.
[[nodiscard]] SAM6D_API Eigen::Vector3f surface_color(const TriangleMesh& mesh,
                                                      const Eigen::Vector3i& face,
                                                      const Eigen::Vector3f& weights,
                                                      const Rgb8& base_color = {128, 128, 128});

inline Eigen::Vector3f to_vector(const Rgb8& color) {
  return {static_cast<float>(color.r), static_cast<float>(color.g), static_cast<float>(color.b)};
}

/// Rounded to whole numbers in 0..255.
[[nodiscard]] SAM6D_API Rgb8 to_rgb8(const Eigen::Vector3f& color);

}  // namespace sam6d
