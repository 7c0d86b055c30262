#include "render/z_buffer.hpp"

#include <algorithm>
#include <cmath>

namespace sam6d {
namespace {

constexpr float kNearest = 0.01F;  // m

// std::ceil and std::floor are library calls for a plain x86-64. Clamped before the conversion: a
// vertex near the camera's plane projects very far away.
int round_up(float value) {
  const float bounded = std::clamp(value, -1e6F, 1e6F);
  const auto whole = static_cast<int>(bounded);
  return whole + (static_cast<float>(whole) < bounded ? 1 : 0);
}

int round_down(float value) { return -round_up(-value); }

/// Fills the samples whose centres a triangle covers. 1 / z is linear in the picture.
void fill_triangle(const Eigen::Vector3f& a, const Eigen::Vector3f& b, const Eigen::Vector3f& c,
                   ZBuffer& buffer) {
  const float low_x = std::min({a.x(), b.x(), c.x()});
  const float high_x = std::max({a.x(), b.x(), c.x()});
  const float low_y = std::min({a.y(), b.y(), c.y()});
  const float high_y = std::max({a.y(), b.y(), c.y()});
  const int first_y = std::max(0, round_up(low_y));
  const int last_y = std::min(buffer.height - 1, round_down(high_y));
  // Most triangles of a small picture lie between the samples.
  if (first_y > last_y || round_up(low_x) > round_down(high_x)) return;
  const float area = (b.x() - a.x()) * (c.y() - a.y()) - (b.y() - a.y()) * (c.x() - a.x());
  if (std::abs(area) < 1e-8F) return;
  const float inverse = 1.0F / area;
  const float q_x =
      ((b.z() - a.z()) * (c.y() - a.y()) - (c.z() - a.z()) * (b.y() - a.y())) * inverse;
  const float q_y =
      ((c.z() - a.z()) * (b.x() - a.x()) - (b.z() - a.z()) * (c.x() - a.x())) * inverse;

  const Eigen::Vector3f* const corners[3] = {&a, &b, &c};
  for (int y = first_y; y <= last_y; ++y) {
    // The span of the row inside the triangle.
    float left = high_x;
    float right = low_x;
    for (int e = 0; e < 3; ++e) {
      const Eigen::Vector3f& p = *corners[e];
      const Eigen::Vector3f& q = *corners[(e + 1) % 3];
      const auto row = static_cast<float>(y);
      if ((p.y() < row && q.y() < row) || (p.y() > row && q.y() > row)) continue;
      if (p.y() == q.y()) {
        left = std::min({left, p.x(), q.x()});
        right = std::max({right, p.x(), q.x()});
        continue;
      }
      const float x = p.x() + (q.x() - p.x()) * (row - p.y()) / (q.y() - p.y());
      left = std::min(left, x);
      right = std::max(right, x);
    }
    const int first_x = std::max(0, round_up(left));
    const int last_x = std::min(buffer.width - 1, round_down(right));
    float* const line = buffer.inverse_z.data() +
                        static_cast<std::size_t>(y) * static_cast<std::size_t>(buffer.width);
    const float base = a.z() + (static_cast<float>(y) - a.y()) * q_y - a.x() * q_x;
    for (int x = first_x; x <= last_x; ++x) {
      line[x] = std::max(line[x], base + static_cast<float>(x) * q_x);
    }
  }
}

/// The last sample at or before a pixel.
int on_grid(int pixel, int start, int step) { return start + (pixel - start) / step * step; }

}  // namespace

void rasterize(std::span<const Eigen::Vector3f> vertices_m, std::span<const Eigen::Vector3i> faces,
               const Eigen::Matrix3f& cam_from_obj_rotation,
               const Eigen::Vector3f& cam_from_obj_translation_m, const CameraIntrinsics& camera,
               const Box& clip, int step, ProjectedVertices& scratch, ZBuffer& buffer) {
  const auto fx = static_cast<float>(camera.fx);
  const auto fy = static_cast<float>(camera.fy);
  const auto cx = static_cast<float>(camera.cx);
  const auto cy = static_cast<float>(camera.cy);
  std::vector<Eigen::Vector3f>& projected = scratch.points;
  projected.resize(vertices_m.size());
  float low_x = 1e9F;
  float high_x = -1e9F;
  float low_y = 1e9F;
  float high_y = -1e9F;
  for (std::size_t i = 0; i < vertices_m.size(); ++i) {
    const Eigen::Vector3f point =
        cam_from_obj_rotation * vertices_m[i] + cam_from_obj_translation_m;
    if (point.z() < kNearest) {
      projected[i] = Eigen::Vector3f(0, 0, -1);
      continue;
    }
    const float inverse = 1.0F / point.z();
    const float x = fx * point.x() * inverse + cx;
    const float y = fy * point.y() * inverse + cy;
    projected[i] = Eigen::Vector3f(x, y, inverse);
    low_x = std::min(low_x, x);
    high_x = std::max(high_x, x);
    low_y = std::min(low_y, y);
    high_y = std::max(high_y, y);
  }

  buffer.step = step;
  buffer.x0 = on_grid(std::max(clip.x0, round_up(low_x)), clip.x0, step);
  buffer.y0 = on_grid(std::max(clip.y0, round_up(low_y)), clip.y0, step);
  const int x1 = std::min(clip.x1 - 1, round_down(high_x));
  const int y1 = std::min(clip.y1 - 1, round_down(high_y));
  buffer.width = x1 >= buffer.x0 ? (x1 - buffer.x0) / step + 1 : 0;
  buffer.height = y1 >= buffer.y0 ? (y1 - buffer.y0) / step + 1 : 0;
  if (buffer.empty()) buffer.width = buffer.height = 0;
  buffer.inverse_z.assign(
      static_cast<std::size_t>(buffer.width) * static_cast<std::size_t>(buffer.height), 0.0F);
  if (buffer.empty()) return;

  const float scale = 1.0F / static_cast<float>(step);
  for (Eigen::Vector3f& point : projected) {
    point.x() = (point.x() - static_cast<float>(buffer.x0)) * scale;
    point.y() = (point.y() - static_cast<float>(buffer.y0)) * scale;
  }
  for (const Eigen::Vector3i& face : faces) {
    const Eigen::Vector3f& a = projected[static_cast<std::size_t>(face.x())];
    const Eigen::Vector3f& b = projected[static_cast<std::size_t>(face.y())];
    const Eigen::Vector3f& c = projected[static_cast<std::size_t>(face.z())];
    if (a.z() > 0 && b.z() > 0 && c.z() > 0) fill_triangle(a, b, c, buffer);
  }
}

}  // namespace sam6d
