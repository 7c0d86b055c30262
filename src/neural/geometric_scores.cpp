#include "neural/geometric_scores.hpp"

#include <algorithm>
#include <cmath>

#include "ops/parallel.hpp"

namespace sam6d {
namespace {

/// What the reference makes of a coordinate: truncated towards zero, moved into the picture; what
/// does not fit into an integer, at the camera's own depth, becomes the least one.
int clamped_pixel(double coordinate, int size) {
  if (!(coordinate > 0 && coordinate < 0x1p31)) return 0;
  return static_cast<int>(std::min(coordinate, static_cast<double>(size - 1)));
}

/// Sums over a proposal's pixels, from which their mean point comes.
struct DepthSums {
  double weight = 0;
  double x = 0;  ///< column times depth
  double y = 0;  ///< row times depth
  double z = 0;
};

DepthSums depth_sums(const Proposal& proposal, const Frame& frame, bool reference_quirks) {
  DepthSums sums;
  const Box extent =
      intersect(proposal.extent_px, {0, 0, frame.depth_m.width, frame.depth_m.height});
  for (int y = extent.y0; y < extent.y1; ++y) {
    const float* const weights =
        proposal.weights.row(y - proposal.extent_px.y0) - proposal.extent_px.x0;
    const float* const depth = frame.depth_m.row(y);
    double row_weight = 0;
    double row_z = 0;
    for (int x = extent.x0; x < extent.x1; ++x) {
      if (!(weights[x] > 0) || !(depth[x] > 0) || !std::isfinite(depth[x])) continue;
      const double weighted = static_cast<double>(weights[x]) * static_cast<double>(depth[x]);
      row_weight += reference_quirks ? 1.0 : static_cast<double>(weights[x]);
      row_z += weighted;
      sums.x += weighted * x;
    }
    sums.weight += row_weight;
    sums.z += row_z;
    sums.y += row_z * y;
  }
  return sums;
}

}  // namespace

std::optional<Eigen::Vector3d> mean_point_m(const Proposal& proposal, const Frame& frame,
                                            bool reference_quirks) {
  const DepthSums sums = depth_sums(proposal, frame, reference_quirks);
  if (!(sums.weight > 0)) return std::nullopt;
  const CameraIntrinsics& camera = frame.camera;
  return Eigen::Vector3d((sums.x - camera.cx * sums.z) / camera.fx,
                         (sums.y - camera.cy * sums.z) / camera.fy, sums.z) /
         sums.weight;
}

Box projected_box(std::span<const Eigen::Vector3f> points_m, const Eigen::Matrix3d& rotation,
                  const Eigen::Vector3d& translation_m, const CameraIntrinsics& camera,
                  bool reference_quirks) {
  double u0 = INFINITY;
  double v0 = INFINITY;
  double u1 = -INFINITY;
  double v1 = -INFINITY;
  for (const Eigen::Vector3f& point : points_m) {
    const Eigen::Vector3d at = rotation * point.cast<double>() + translation_m;
    if (!reference_quirks && !(at.z() > 0)) continue;
    double u = camera.fx * at.x() / at.z() + camera.cx;
    double v = camera.fy * at.y() / at.z() + camera.cy;
    if (reference_quirks) {
      u = clamped_pixel(u, camera.width);
      v = clamped_pixel(v, camera.height);
    }
    u0 = std::min(u0, u);
    v0 = std::min(v0, v);
    u1 = std::max(u1, u);
    v1 = std::max(v1, v);
  }
  if (!(u0 <= u1) || !(v0 <= v1)) return {};
  if (reference_quirks) {
    return {static_cast<int>(u0), static_cast<int>(v0), static_cast<int>(u1), static_cast<int>(v1)};
  }
  // Pixel centres are at whole numbers.
  const auto pixel = [](double coordinate, int size) {
    return static_cast<int>(std::clamp(std::floor(coordinate + 0.5), -1.0, 1.0 * size));
  };
  const Box box{pixel(u0, camera.width), pixel(v0, camera.height), pixel(u1, camera.width) + 1,
                pixel(v1, camera.height) + 1};
  const Box seen = intersect(box, {0, 0, camera.width, camera.height});
  return seen.empty() ? Box{} : seen;
}

std::vector<std::optional<float>> score_geometry(std::span<const GeometricQuery> queries,
                                                 const Frame& frame,
                                                 const GeometricSettings& settings) {
  std::vector<Box> seen(queries.size());
  std::vector<Box> projected(queries.size());
  std::vector<std::uint8_t> has_depth(queries.size(), 1);
  ops::parallel_for(static_cast<int>(queries.size()), settings.threads, [&](int i) {
    const auto index = static_cast<std::size_t>(i);
    const GeometricQuery& query = queries[index];
    const auto mean = mean_point_m(*query.proposal, frame, settings.reference_quirks);
    has_depth[index] = mean || settings.reference_quirks ? 1 : 0;
    seen[index] = query.proposal->box_px;
    projected[index] =
        projected_box(query.points_m, query.rotation, mean.value_or(Eigen::Vector3d::Zero()),
                      frame.camera, settings.reference_quirks);
  });
  const std::vector<float> iou = paired_iou(seen, projected, settings.reference_quirks);
  std::vector<std::optional<float>> scores(queries.size());
  for (std::size_t i = 0; i < queries.size(); ++i) {
    if (has_depth[i] != 0) scores[i] = iou[i];
  }
  return scores;
}

std::vector<float> paired_iou(std::span<const Box> a, std::span<const Box> b,
                              bool reference_quirks) {
  std::vector<float> iou(a.size(), 0.0F);
  for (std::size_t i = 0; i < a.size(); ++i) {
    iou[i] = static_cast<float>(box_iou(a[i], b[i]));
    if (reference_quirks && intersect(a[i], b[i]).empty()) return std::vector<float>(a.size());
  }
  return iou;
}

}  // namespace sam6d
