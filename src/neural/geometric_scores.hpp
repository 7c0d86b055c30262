#pragma once

#include <optional>
#include <span>
#include <vector>

#include <Eigen/Core>

#include "neural/proposal.hpp"
#include "sam6d/frame.hpp"

namespace sam6d {

struct GeometricSettings {
  /// Fractional weights shrink the depth under them; a proposal without depth stands at the
  /// camera; points count behind the camera, too, and at the picture's edge when they are outside
  /// of it; boxes end at their last pixel; one box that does not overlap its projection takes the
  /// score from all.
  bool reference_quirks = false;
  int threads = 0;
};

/// The mean of the points that the depth under a proposal gives, metres in the camera's frame;
/// nothing where there is no depth. A frame's region of interest is not regarded.
[[nodiscard]] std::optional<Eigen::Vector3d> mean_point_m(const Proposal& proposal,
                                                          const Frame& frame,
                                                          bool reference_quirks);

/// The box in the picture around an object's points with the given rotation (camera from object)
/// and place of its origin; empty when none of them is in the picture. With reference quirks the
/// box ends at its last column and row.
[[nodiscard]] Box projected_box(std::span<const Eigen::Vector3f> points_m,
                                const Eigen::Matrix3d& rotation,
                                const Eigen::Vector3d& translation_m,
                                const CameraIntrinsics& camera, bool reference_quirks);

/// What is asked of a proposal: whether its box is where the object, turned as in the matched view,
/// would be seen.
struct GeometricQuery {
  const Proposal* proposal = nullptr;
  std::span<const Eigen::Vector3f> points_m;  ///< of the object's surface
  Eigen::Matrix3d rotation = Eigen::Matrix3d::Identity();
};

/// The geometric score (Lin et al. 2024, section 3.1.2): the IoU of both boxes; nothing where the
/// proposal has no depth.
[[nodiscard]] std::vector<std::optional<float>> score_geometry(
    std::span<const GeometricQuery> queries, const Frame& frame, const GeometricSettings& settings);

/// IoU of each pair of boxes. With reference quirks all are 0 when one pair does not overlap.
[[nodiscard]] std::vector<float> paired_iou(std::span<const Box> a, std::span<const Box> b,
                                            bool reference_quirks);

}  // namespace sam6d
