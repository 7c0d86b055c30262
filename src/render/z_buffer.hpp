#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "sam6d/camera.hpp"
#include "sam6d/mask.hpp"

namespace sam6d {

/// The depth picture of one mesh in the box that it covers: what pose search renders a thousand
/// times per picture, where building a ray-casting scene would cost more than the picture.
struct ZBuffer {
  int x0 = 0;      ///< picture column of sample 0
  int y0 = 0;      ///< picture row of sample 0
  int step = 1;    ///< picture pixels between samples
  int width = 0;   ///< samples
  int height = 0;  ///< samples
  /// 1 / z (1/m), row after row; 0 = nothing there.
  std::vector<float> inverse_z;

  [[nodiscard]] bool empty() const { return width <= 0 || height <= 0; }
  [[nodiscard]] float at(int column, int row) const {
    return inverse_z[static_cast<std::size_t>(row) * static_cast<std::size_t>(width) +
                     static_cast<std::size_t>(column)];
  }
};

/// Scratch memory that is worth keeping from one rendering to the next.
struct ProjectedVertices {
  std::vector<Eigen::Vector3f> points;  ///< column px, row px, 1 / z
};

/// Renders the part of the mesh that lies in `clip`, at every step-th pixel of `clip`, so that the
/// samples of two renderings with one clip fall on the same pixels. Triangles with a
/// vertex nearer than 1 cm are left out. `buffer` and `scratch` are overwritten, their memory is
/// reused.
void rasterize(std::span<const Eigen::Vector3f> vertices_m, std::span<const Eigen::Vector3i> faces,
               const Eigen::Matrix3f& cam_from_obj_rotation,
               const Eigen::Vector3f& cam_from_obj_translation_m, const CameraIntrinsics& camera,
               const Box& clip, int step, ProjectedVertices& scratch, ZBuffer& buffer);

}  // namespace sam6d
