#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "object/color_feature.hpp"
#include "object/model_point.hpp"
#include "object/pair_features.hpp"
#include "sam6d/export.hpp"
#include "sam6d/mesh.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/symmetry.hpp"

namespace sam6d {

/// What the geometric search knows of an object. Everything but `center_m` is relative to the
/// object's centre, which is the middle of its bounding box (moved onto the axis of revolution).
struct GeometricFeatures {
  static constexpr int kDirectionCells = 32;  ///< of the octahedral look-up, per side
  static constexpr int kQuickPoints = 96;     ///< how many points of a view judge a proposal

  float diameter_m = 0;
  float radius_m = 0;  ///< of the ball about the centre that holds the object
  Eigen::Vector3f center_m = Eigen::Vector3f::Zero();  ///< object frame
  bool has_color = false;
  std::vector<ModelPoint> points;
  std::vector<std::uint32_t> view_starts;  ///< kViewCount + 1 offsets into view_points
  /// The points that each view sees, in random order, so that the first n stand for all.
  std::vector<std::uint16_t> view_points;
  std::vector<std::uint8_t> nearest_view;   ///< kDirectionCells^2, of an octahedral direction
  std::vector<ColorFeature> palette;        ///< the colours that the surface has
  std::vector<Eigen::Vector3f> vertices_m;  ///< decimated mesh
  std::vector<Eigen::Vector3i> faces;
  PairTable pairs;
  std::vector<Eigen::Matrix3f> look_alikes;  ///< see find_look_alikes()

  [[nodiscard]] bool empty() const { return points.empty(); }
  /// The view whose direction is nearest to `towards_camera` (object frame, any length).
  [[nodiscard]] int view_of(const Eigen::Vector3f& towards_camera) const;
  [[nodiscard]] std::span<const std::uint16_t> points_of_view(int view) const {
    const auto index = static_cast<std::size_t>(view);
    return std::span(view_points)
        .subspan(view_starts[index], view_starts[index + 1] - view_starts[index]);
  }
};

/// About a second of work. `samples` are points spread over the surface by area; 20,000 or more
/// are wanted. Throws Error(kBadMesh) when no direction shows any surface, Error(kCancelled).
[[nodiscard]] SAM6D_API GeometricFeatures build_geometric_features(const TriangleMesh& mesh,
                                                                   double diameter_m,
                                                                   const Symmetries& symmetries,
                                                                   std::uint64_t seed, int threads,
                                                                   const ProgressFn& progress = {});

}  // namespace sam6d
