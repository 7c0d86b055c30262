#include "object/view_visibility.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/parallel.hpp"
#include "object/pair_features.hpp"
#include "render/z_buffer.hpp"
#include "sam6d/template_views.hpp"

namespace sam6d {
namespace {

constexpr float kCameraDistance = 12.0F;  // in radii
constexpr int kPictureSize = 160;         // px
constexpr float kLeastCosine = 0.12F;     // between normal and direction to the camera

/// Per point, how far it lies behind the nearest surface of its pixel (m); 0 where nothing is.
class DepthTest {
 public:
  DepthTest(const Eigen::Vector3f& direction, std::span<const Eigen::Vector3f> vertices_m,
            std::span<const Eigen::Vector3i> faces, float radius_m) {
    camera_.width = camera_.height = kPictureSize;
    camera_.fx = camera_.fy = 0.48 * kPictureSize * (kCameraDistance - 1.0);
    camera_.cx = camera_.cy = 0.5 * (kPictureSize - 1);
    const Eigen::Matrix3f frame = frame_about(-direction);  // rows: forward, right, down
    rotation_.row(0) = frame.row(1);
    rotation_.row(1) = frame.row(2);
    rotation_.row(2) = frame.row(0);
    translation_m_ = Eigen::Vector3f(0, 0, kCameraDistance * radius_m);
    pixel_m_ = kCameraDistance * radius_m / static_cast<float>(camera_.fx);
    ProjectedVertices scratch;
    rasterize(vertices_m, faces, rotation_, translation_m_, camera_,
              Box{0, 0, kPictureSize, kPictureSize}, 1, scratch, buffer_);
  }

  [[nodiscard]] float behind_m(const Eigen::Vector3f& point) const {
    const Eigen::Vector3f p = rotation_ * point + translation_m_;
    const int x =
        static_cast<int>(std::lround(camera_.fx * p.x() / p.z() + camera_.cx)) - buffer_.x0;
    const int y =
        static_cast<int>(std::lround(camera_.fy * p.y() / p.z() + camera_.cy)) - buffer_.y0;
    if (x < 0 || y < 0 || x >= buffer_.width || y >= buffer_.height) return 0.0F;
    const float inverse = buffer_.at(x, y);
    return inverse > 0 ? p.z() - 1.0F / inverse : 0.0F;
  }
  [[nodiscard]] float pixel_m() const { return pixel_m_; }

 private:
  CameraIntrinsics camera_;
  Eigen::Matrix3f rotation_;
  Eigen::Vector3f translation_m_;
  float pixel_m_ = 0;
  ZBuffer buffer_;
};

}  // namespace

std::vector<Eigen::Vector3f> view_directions() {
  std::vector<Eigen::Vector3f> directions;
  for (const RigidTransform& obj_from_cam : icosphere_views(kViewCount, 1.0)) {
    directions.push_back(obj_from_cam.translation().normalized().cast<float>());
  }
  return directions;
}

void orient_points(std::vector<ModelPoint>& points, std::span<const Eigen::Vector3f> vertices_m,
                   std::span<const Eigen::Vector3i> faces, float radius_m, int threads) {
  constexpr float kFacing = 0.4F;
  constexpr float kTolerance = 0.004F;  // in radii
  const std::vector<Eigen::Vector3f> directions = view_directions();
  constexpr int kStride = 4;  // a quarter of the views is enough to tell inside from outside
  const int count = static_cast<int>(directions.size()) / kStride;
  std::vector<std::vector<std::int8_t>> sides(static_cast<std::size_t>(count));
  parallel_for(count, threads, [&](int view) {
    const Eigen::Vector3f& direction = directions[static_cast<std::size_t>(view * kStride)];
    const DepthTest test(direction, vertices_m, faces, radius_m);
    std::vector<std::int8_t>& side = sides[static_cast<std::size_t>(view)];
    side.assign(points.size(), 0);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const float cosine = points[i].normal.dot(direction);
      if (std::abs(cosine) < kFacing) continue;
      const float slope = std::sqrt(1.0F - std::min(1.0F, cosine * cosine)) / std::abs(cosine);
      if (test.behind_m(points[i].position_m) < kTolerance * radius_m + test.pixel_m() * slope) {
        side[i] = cosine > 0 ? 1 : -1;
      }
    }
  });
  const std::size_t original = points.size();
  for (std::size_t i = 0; i < original; ++i) {
    int front = 0;
    int back = 0;
    for (const std::vector<std::int8_t>& side : sides) {
      front += side[i] > 0 ? 1 : 0;
      back += side[i] < 0 ? 1 : 0;
    }
    if (back > 3 * front + 2) {
      points[i].normal = -points[i].normal;
    } else if (back > 4 && 2 * back > front) {
      ModelPoint twin = points[i];
      twin.normal = -twin.normal;
      points.push_back(twin);
    }
  }
}

std::vector<ViewSet> visible_views(std::span<const ModelPoint> points,
                                   std::span<const Eigen::Vector3f> vertices_m,
                                   std::span<const Eigen::Vector3i> faces, float radius_m,
                                   int threads) {
  constexpr float kTolerance = 0.02F;     // in radii; covers the decimation of the mesh
  constexpr float kMostTolerance = 0.1F;  // in radii, at grazing angles
  const std::vector<Eigen::Vector3f> directions = view_directions();
  std::vector<std::vector<std::uint8_t>> seen(directions.size());
  parallel_for(static_cast<int>(directions.size()), threads, [&](int view) {
    const Eigen::Vector3f& direction = directions[static_cast<std::size_t>(view)];
    const DepthTest test(direction, vertices_m, faces, radius_m);
    std::vector<std::uint8_t>& flags = seen[static_cast<std::size_t>(view)];
    flags.assign(points.size(), 0);
    for (std::size_t i = 0; i < points.size(); ++i) {
      const float cosine = points[i].normal.dot(direction);
      if (cosine < kLeastCosine) continue;
      const float slope = std::sqrt(1.0F - std::min(1.0F, cosine * cosine)) / cosine;
      const float tolerance =
          std::min(kTolerance * radius_m + test.pixel_m() * slope, kMostTolerance * radius_m);
      flags[i] = test.behind_m(points[i].position_m) < tolerance ? 1 : 0;
    }
  });
  std::vector<ViewSet> views(points.size());
  for (std::size_t view = 0; view < seen.size(); ++view) {
    for (std::size_t i = 0; i < points.size(); ++i) {
      if (seen[view][i] != 0) views[i].set(view);
    }
  }
  return views;
}

}  // namespace sam6d
