#include "pose/support_planes.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <Eigen/Eigenvalues>

#include "base/random.hpp"
#include "object/pair_features.hpp"
#include "pose/frame_features.hpp"

namespace sam6d {
namespace {

constexpr int kStep = 4;               // working pixels between the samples that are looked at
constexpr int kMaxFound = 8;           // planes
constexpr double kLeastShare = 0.025;  // of the samples with depth
constexpr int kDraws = 250;            // a plane
constexpr float kInlierCosine = 0.9F;
constexpr float kOutlineMarginM = 0.03F;

struct Sample {
  Eigen::Vector3f point = Eigen::Vector3f::Zero();
  Eigen::Vector3f normal = Eigen::Vector3f::Zero();
  float tolerance_m = 0;
  int column = 0;
  int row = 0;
  int plane = 0;  // 1 + index
};

struct Samples {
  int columns = 0;
  int rows = 0;
  std::vector<Sample> items;
};

Samples collect(const FrameFeatures& frame) {
  Samples samples;
  samples.columns = (frame.camera.width + kStep - 1) / kStep;
  samples.rows = (frame.camera.height + kStep - 1) / kStep;
  for (int row = 0; row < samples.rows; ++row) {
    for (int column = 0; column < samples.columns; ++column) {
      const PixelFeatures& pixel = frame.at(column * kStep, row * kStep);
      if (pixel.z_m <= 0) continue;
      Sample sample;
      sample.point = frame.point(column * kStep, row * kStep, pixel.z_m);
      sample.normal = pixel.normal_vector();
      sample.tolerance_m = 2.0F * frame.sigma_m(pixel.z_m) + 0.002F;
      sample.column = column;
      sample.row = row;
      samples.items.push_back(sample);
    }
  }
  return samples;
}

bool lies_on(const Sample& sample, const Eigen::Vector3f& normal, float offset) {
  return std::abs(normal.dot(sample.point) + offset) < sample.tolerance_m &&
         normal.dot(sample.normal) > kInlierCosine;
}

/// The plane through the inliers, least squares; false when there are too few.
bool refit(const std::vector<Sample>& samples, const std::vector<int>& free,
           Eigen::Vector3f& normal, float& offset, float scale) {
  Eigen::Vector3d sum = Eigen::Vector3d::Zero();
  Eigen::Matrix3d square = Eigen::Matrix3d::Zero();
  double count = 0;
  for (const int i : free) {
    const Sample& sample = samples[static_cast<std::size_t>(i)];
    if (std::abs(normal.dot(sample.point) + offset) > scale * sample.tolerance_m ||
        normal.dot(sample.normal) < kInlierCosine) {
      continue;
    }
    const double weight = 1.0 / (sample.tolerance_m * sample.tolerance_m);
    const Eigen::Vector3d point = sample.point.cast<double>();
    sum += weight * point;
    square += weight * point * point.transpose();
    count += weight;
  }
  if (count <= 0) return false;
  const Eigen::Vector3d mean = sum / count;
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3d> solver(square / count -
                                                              mean * mean.transpose());
  Eigen::Vector3d axis = solver.eigenvectors().col(0);
  if (axis.dot(mean) > 0) axis = -axis;
  normal = axis.cast<float>();
  offset = static_cast<float>(-axis.dot(mean));
  return true;
}

/// Counter-clockwise convex hull (monotone chain).
std::vector<Eigen::Vector2f> convex_hull(std::vector<Eigen::Vector2f> points) {
  std::sort(points.begin(), points.end(), [](const auto& a, const auto& b) {
    return a.x() != b.x() ? a.x() < b.x() : a.y() < b.y();
  });
  const auto left_turn = [](const Eigen::Vector2f& a, const Eigen::Vector2f& b,
                            const Eigen::Vector2f& c) {
    return (b.x() - a.x()) * (c.y() - a.y()) - (b.y() - a.y()) * (c.x() - a.x()) > 0;
  };
  std::vector<Eigen::Vector2f> hull;
  for (int side = 0; side < 2; ++side) {
    const std::size_t start = hull.size();
    for (const Eigen::Vector2f& point : points) {
      while (hull.size() >= start + 2 && !left_turn(hull[hull.size() - 2], hull.back(), point)) {
        hull.pop_back();
      }
      hull.push_back(point);
    }
    hull.pop_back();
    std::reverse(points.begin(), points.end());
  }
  return hull;
}

/// Connected parts of the samples that are marked, on their grid; returns the samples of each.
std::vector<std::vector<int>> connected_parts(const Samples& samples,
                                              const std::vector<int>& inliers) {
  std::vector<int> grid(static_cast<std::size_t>(samples.columns * samples.rows), -1);
  for (const int i : inliers) {
    const Sample& sample = samples.items[static_cast<std::size_t>(i)];
    grid[static_cast<std::size_t>(sample.row * samples.columns + sample.column)] = i;
  }
  std::vector<std::vector<int>> parts;
  std::vector<int> open;
  for (const int start : inliers) {
    const Sample& first = samples.items[static_cast<std::size_t>(start)];
    const int cell = first.row * samples.columns + first.column;
    if (grid[static_cast<std::size_t>(cell)] < 0) continue;
    std::vector<int>& part = parts.emplace_back();
    open.assign(1, cell);
    part.push_back(start);
    grid[static_cast<std::size_t>(cell)] = -1;
    while (!open.empty()) {
      const int at = open.back();
      open.pop_back();
      const int column = at % samples.columns;
      const int row = at / samples.columns;
      for (int dy = -2; dy <= 2; ++dy) {
        for (int dx = -2; dx <= 2; ++dx) {
          const int x = column + dx;
          const int y = row + dy;
          if (x < 0 || y < 0 || x >= samples.columns || y >= samples.rows) continue;
          int& other = grid[static_cast<std::size_t>(y * samples.columns + x)];
          if (other < 0) continue;
          part.push_back(other);
          other = -1;
          open.push_back(y * samples.columns + x);
        }
      }
    }
  }
  return parts;
}

float longest_side(const std::vector<Eigen::Vector2f>& hull) {
  float best = 0;
  for (std::size_t i = 0; i < hull.size(); ++i) {
    for (std::size_t j = i + 1; j < hull.size(); ++j) {
      best = std::max(best, (hull[i] - hull[j]).norm());
    }
  }
  return best;
}

std::vector<Eigen::Vector2f> feet(const Samples& samples, const std::vector<int>& part,
                                  const SupportPlane& plane) {
  std::vector<Eigen::Vector2f> points;
  points.reserve(part.size());
  for (const int i : part) {
    points.push_back(plane.axes * samples.items[static_cast<std::size_t>(i)].point);
  }
  return points;
}

/// The plane with most inliers among those drawn; false when none has enough.
bool best_plane(const std::vector<Sample>& samples, const std::vector<int>& free, int least,
                Random& random, Eigen::Vector3f& normal, float& offset) {
  constexpr float kDrawCosine = 0.95F;
  constexpr int kPartnerTries = 12;
  constexpr int kScoreStride = 4;
  int best = 0;
  const auto pick = [&]() -> const Sample& {
    return samples[static_cast<std::size_t>(
        free[random.below(static_cast<std::uint32_t>(free.size()))])];
  };
  for (int draw = 0; draw < kDraws; ++draw) {
    const Sample& first = pick();
    // Two partners that the first point's own plane roughly contains, far from it and each other.
    const Sample* partners[2] = {nullptr, nullptr};
    float best_area = 0;
    const Sample* candidates[kPartnerTries];
    int found = 0;
    for (int t = 0; t < kPartnerTries; ++t) {
      const Sample& other = pick();
      const Eigen::Vector3f line = other.point - first.point;
      if (first.normal.dot(other.normal) > kDrawCosine &&
          std::abs(first.normal.dot(line)) < 0.08F * line.norm() + first.tolerance_m) {
        candidates[found++] = &other;
      }
    }
    for (int a = 0; a < found; ++a) {
      for (int b = a + 1; b < found; ++b) {
        const float area =
            (candidates[a]->point - first.point).cross(candidates[b]->point - first.point).norm();
        if (area > best_area) {
          best_area = area;
          partners[0] = candidates[a];
          partners[1] = candidates[b];
        }
      }
    }
    if (best_area < 1e-5F) continue;
    Eigen::Vector3f axis =
        (partners[0]->point - first.point).cross(partners[1]->point - first.point).normalized();
    if (axis.dot(first.point) > 0) axis = -axis;
    if (axis.dot(first.normal) < kDrawCosine) continue;
    const float shift = -axis.dot(first.point);
    int count = 0;
    for (std::size_t i = static_cast<std::size_t>(draw % kScoreStride); i < free.size();
         i += kScoreStride) {
      count += lies_on(samples[static_cast<std::size_t>(free[i])], axis, shift) ? 1 : 0;
    }
    if (count > best) {
      best = count;
      normal = axis;
      offset = shift;
    }
  }
  return best * kScoreStride >= least;
}

/// Nothing to speak of was measured behind the plane, other planes aside.
bool is_solid(const Samples& samples, const SupportPlane& plane, int own) {
  constexpr float kFarthestM = 0.4F;
  constexpr float kLeastM = 0.01F;
  constexpr double kMostShare = 0.1;
  int others = 0;
  int behind = 0;
  int on = 0;
  for (const Sample& sample : samples.items) {
    if (sample.plane == own) ++on;
    if (sample.plane != 0) continue;
    ++others;
    const float height = plane.height_m(sample.point);
    if (height < -std::max(kLeastM, 3.0F * sample.tolerance_m) && height > -kFarthestM) ++behind;
  }
  return behind <= kMostShare * others && behind <= kMostShare * on;
}

/// For every row of the picture, the columns [first, second) in which the plane's outline, a little
/// widened, is seen.
std::vector<std::pair<int, int>> outline_spans(const FrameFeatures& frame,
                                               const SupportPlane& plane) {
  Eigen::Vector2f middle = Eigen::Vector2f::Zero();
  for (const Eigen::Vector2f& corner : plane.outline_m) middle += corner;
  middle /= static_cast<float>(plane.outline_m.size());
  std::vector<Eigen::Vector2f> corners;
  for (const Eigen::Vector2f& corner : plane.outline_m) {
    const Eigen::Vector2f out = corner - middle;
    const Eigen::Vector2f wide = corner + out.normalized() * kOutlineMarginM;
    const Eigen::Vector3f point = plane.axes.transpose() * wide - plane.offset_m * plane.normal;
    const float z = std::max(point.z(), 0.02F);
    corners.emplace_back(
        static_cast<float>(frame.camera.fx) * point.x() / z + static_cast<float>(frame.camera.cx),
        static_cast<float>(frame.camera.fy) * point.y() / z + static_cast<float>(frame.camera.cy));
  }
  const auto width = static_cast<float>(frame.camera.width);
  std::vector<std::pair<int, int>> spans;
  for (int y = 0; y < frame.camera.height; ++y) {
    const auto row = static_cast<float>(y);
    float left = width;
    float right = -1;
    for (std::size_t i = 0; i < corners.size(); ++i) {
      const Eigen::Vector2f& a = corners[i];
      const Eigen::Vector2f& b = corners[(i + 1) % corners.size()];
      if ((a.y() < row && b.y() < row) || (a.y() > row && b.y() > row)) continue;
      const float rise = b.y() - a.y();
      const float t = std::abs(rise) > 1e-6F ? (row - a.y()) / rise : 0.0F;
      const float x = std::clamp(a.x() + t * (b.x() - a.x()), -1.0F, width);
      left = std::min(left, x);
      right = std::max(right, x);
    }
    spans.emplace_back(std::max(0, static_cast<int>(std::ceil(left))),
                       std::min(frame.camera.width, static_cast<int>(std::floor(right)) + 1));
  }
  return spans;
}

void mark_pixels(FrameFeatures& frame) {
  constexpr float kSameDirection = 0.97F;  // cosine
  for (std::size_t p = 0; p < frame.planes.size(); ++p) {
    const SupportPlane& plane = frame.planes[p];
    const std::vector<std::pair<int, int>> spans = outline_spans(frame, plane);
    for (int y = 0; y < frame.camera.height; ++y) {
      const auto [first, last] = spans[static_cast<std::size_t>(y)];
      PixelFeatures* const row =
          frame.pixels.data() +
          static_cast<std::size_t>(y) * static_cast<std::size_t>(frame.camera.width);
      for (int x = first; x < last; ++x) {
        PixelFeatures& pixel = row[x];
        if (pixel.z_m <= 0 || pixel.plane != 0) continue;
        const float height = plane.height_m(frame.point(x, y, pixel.z_m));
        const float thickness = std::max(0.0026F, 2.0F * frame.sigma_m(pixel.z_m));
        if (height > 1.5F * thickness || (height < -thickness && !plane.solid)) continue;
        if (height > thickness && plane.normal.dot(pixel.normal_vector()) < kSameDirection) {
          continue;
        }
        pixel.plane = static_cast<std::uint8_t>(p + 1);
      }
    }
  }
}

}  // namespace

bool SupportPlane::covers(const Eigen::Vector3f& point, float margin_m) const {
  const Eigen::Vector2f foot = axes * point;
  for (std::size_t i = 0; i < outline_m.size(); ++i) {
    const Eigen::Vector2f& a = outline_m[i];
    const Eigen::Vector2f side = outline_m[(i + 1) % outline_m.size()] - a;
    const Eigen::Vector2f to = foot - a;
    if (side.x() * to.y() - side.y() * to.x() < -margin_m * side.norm()) return false;
  }
  return outline_m.size() >= 3;
}

void find_support_planes(FrameFeatures& frame, std::uint64_t seed) {
  Samples samples = collect(frame);
  const int least =
      std::max(60, static_cast<int>(kLeastShare * static_cast<double>(samples.items.size())));
  Random random(seed ^ 0x91a4e5ULL);
  std::vector<int> free(samples.items.size());
  std::iota(free.begin(), free.end(), 0);
  for (int round = 0; round < kMaxFound && static_cast<int>(free.size()) >= least; ++round) {
    SupportPlane plane;
    if (!best_plane(samples.items, free, least, random, plane.normal, plane.offset_m)) break;
    for (const float scale : {1.5F, 1.0F, 1.0F}) {
      refit(samples.items, free, plane.normal, plane.offset_m, scale);
    }
    std::vector<int> inliers;
    std::vector<int> rest;
    for (const int i : free) {
      (lies_on(samples.items[static_cast<std::size_t>(i)], plane.normal, plane.offset_m) ? inliers
                                                                                         : rest)
          .push_back(i);
    }
    if (static_cast<int>(inliers.size()) < least / 2) break;
    free = std::move(rest);
    plane.axes = frame_about(plane.normal).bottomRows<2>();
    std::vector<std::vector<int>> parts = connected_parts(samples, inliers);
    std::sort(parts.begin(), parts.end(),
              [](const auto& a, const auto& b) { return a.size() > b.size(); });
    plane.extent_m = longest_side(convex_hull(feet(samples, parts.front(), plane)));
    std::vector<Eigen::Vector2f> all;
    for (const std::vector<int>& part : parts) {
      if (part.size() * 5 < parts.front().size()) break;
      const std::vector<Eigen::Vector2f> points = feet(samples, part, plane);
      all.insert(all.end(), points.begin(), points.end());
    }
    plane.outline_m = convex_hull(std::move(all));
    if (plane.outline_m.size() < 3) continue;
    frame.planes.push_back(std::move(plane));
    for (const int i : inliers) {
      samples.items[static_cast<std::size_t>(i)].plane = static_cast<int>(frame.planes.size());
    }
  }
  for (std::size_t p = 0; p < frame.planes.size(); ++p) {
    frame.planes[p].solid = is_solid(samples, frame.planes[p], static_cast<int>(p) + 1);
  }
  mark_pixels(frame);
}

}  // namespace sam6d
