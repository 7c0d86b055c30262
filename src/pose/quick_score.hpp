#pragma once

#include "object/geometric_features.hpp"
#include "pose/candidate.hpp"
#include "pose/scene_view.hpp"

namespace sam6d {

struct QuickScoreOptions {
  float tau_m = 0;  ///< how far the measured surface may be from the model's
  int points = GeometricFeatures::kQuickPoints;  ///< at most so many visible points
  bool use_color = true;
  /// Poses whose first third scores below this are not looked at further.
  float give_up_below = -1e9F;
};

/// Judges a pose by the points that its view should show: surfaces that agree count for it,
/// measured free space where the object would be and surfaces below a support plane against it,
/// occlusion little. At most 1.
[[nodiscard]] float quick_score(const SceneView& scene, const GeometricFeatures& object,
                                const Candidate& pose, const QuickScoreOptions& options);

}  // namespace sam6d
