#pragma once

#include "object/geometric_features.hpp"
#include "pose/candidate.hpp"
#include "pose/scene_view.hpp"

namespace sam6d {

struct IcpOptions {
  int steps = 5;
  float gate_m = 0;  ///< residuals beyond this have no weight
  int points = 150;  ///< at most so many of the visible points
};

/// Point-to-plane iterative closest point with projective association: each visible model point
/// meets the measured surface at its pixel. Tukey's weights on the residuals; foreground only.
/// Returns how many points took part in the last step.
int align(const SceneView& scene, const GeometricFeatures& object, const IcpOptions& options,
          Candidate& pose);

}  // namespace sam6d
