#include "pose/smooth_segments.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <numeric>
#include <vector>

#include <Eigen/Eigenvalues>

#include "pose/frame_features.hpp"

namespace sam6d {
namespace {

constexpr int kLeastPixels = 40;
constexpr int kLeastCosine = static_cast<int>(0.99 * 127 * 127);

int find_root(std::vector<int>& parents, int i) {
  while (parents[static_cast<std::size_t>(i)] != i) {
    int& parent = parents[static_cast<std::size_t>(i)];
    parent = parents[static_cast<std::size_t>(parent)];
    i = parent;
  }
  return i;
}

bool continues(const FrameFeatures& frame, const PixelFeatures& a, const PixelFeatures& b) {
  if (b.z_m <= 0 || b.plane != 0) return false;
  const int cosine =
      a.normal[0] * b.normal[0] + a.normal[1] * b.normal[1] + a.normal[2] * b.normal[2];
  return cosine > kLeastCosine && std::abs(a.z_m - b.z_m) < 0.0015F + 2.0F * frame.sigma_m(a.z_m);
}

/// Between the 1st and the 99th percentile of the points along their main axis.
float main_extent(const std::vector<Eigen::Vector3f>& points) {
  Eigen::Vector3f mean = Eigen::Vector3f::Zero();
  for (const Eigen::Vector3f& point : points) mean += point;
  mean /= static_cast<float>(points.size());
  Eigen::Matrix3f covariance = Eigen::Matrix3f::Zero();
  for (const Eigen::Vector3f& point : points) {
    covariance += (point - mean) * (point - mean).transpose();
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3f> solver(covariance);
  const Eigen::Vector3f axis = solver.eigenvectors().col(2);
  std::vector<float> along;
  along.reserve(points.size());
  for (const Eigen::Vector3f& point : points) along.push_back(axis.dot(point));
  const std::size_t low = along.size() / 100;
  const std::size_t high = along.size() - 1 - low;
  const auto at = [&along](std::size_t index) {
    std::nth_element(along.begin(), along.begin() + static_cast<std::ptrdiff_t>(index),
                     along.end());
    return along[index];
  };
  return at(high) - at(low);
}

}  // namespace

void find_smooth_segments(FrameFeatures& frame) {
  const int width = frame.camera.width;
  const int height = frame.camera.height;
  std::vector<int> parents(frame.pixels.size());
  std::iota(parents.begin(), parents.end(), 0);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const int i = y * width + x;
      const PixelFeatures& pixel = frame.pixels[static_cast<std::size_t>(i)];
      if (pixel.z_m <= 0 || pixel.plane != 0) continue;
      // Linking to the lower root keeps roots at the first pixel of a segment.
      const auto link = [&](int other) {
        if (!continues(frame, pixel, frame.pixels[static_cast<std::size_t>(other)])) return;
        const int a = find_root(parents, i);
        const int b = find_root(parents, other);
        parents[static_cast<std::size_t>(std::max(a, b))] = std::min(a, b);
      };
      if (x > 0) link(i - 1);
      if (y > 0) link(i - width);
    }
  }

  std::vector<int> sizes(frame.pixels.size(), 0);
  for (std::size_t i = 0; i < frame.pixels.size(); ++i) {
    if (frame.pixels[i].z_m <= 0 || frame.pixels[i].plane != 0) continue;
    parents[i] = find_root(parents, static_cast<int>(i));
    ++sizes[static_cast<std::size_t>(parents[i])];
  }
  frame.segments.assign(1, SmoothSegment{});
  std::vector<int> numbers(frame.pixels.size(), 0);
  std::vector<std::vector<Eigen::Vector3f>> points(1);
  for (int y = 0; y < height; ++y) {
    for (int x = 0; x < width; ++x) {
      const auto i = static_cast<std::size_t>(y * width + x);
      PixelFeatures& pixel = frame.pixels[i];
      if (pixel.z_m <= 0 || pixel.plane != 0) continue;
      const auto root = static_cast<std::size_t>(parents[i]);
      if (sizes[root] < kLeastPixels) continue;
      if (numbers[root] == 0) {
        if (frame.segments.size() > 65000) continue;
        numbers[root] = static_cast<int>(frame.segments.size());
        frame.segments.push_back({0.0F, sizes[root]});
        points.emplace_back();
      }
      const auto number = static_cast<std::size_t>(numbers[root]);
      pixel.segment = static_cast<std::uint16_t>(number);
      // A few hundred points tell the extent of a segment of any size.
      const int stride = 1 + sizes[root] / 400;
      if ((x + 7 * y) % stride == 0) points[number].push_back(frame.point(x, y, pixel.z_m));
    }
  }
  for (std::size_t s = 1; s < frame.segments.size(); ++s) {
    if (points[s].size() >= 3) frame.segments[s].extent_m = main_extent(points[s]);
  }
}

}  // namespace sam6d
