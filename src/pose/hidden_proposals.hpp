#pragma once

#include <span>
#include <vector>

#include "object/object_data.hpp"
#include "pose/scene_view.hpp"
#include "pose/search.hpp"

namespace sam6d {

struct HiddenProposalOptions {
  bool use_color = true;
  Box region;                               ///< working pixels
  std::span<const std::uint8_t> explained;  ///< see ScenePointOptions
  std::uint64_t seed = 0;
};

/// Rough poses of an object in places where the sensor measured no depth: in the projector's
/// shadow, in a slit between nearer things, on a dark or shiny surface. Patches without depth that
/// have the object's colours (with a mask given: that lie in it) are explained by the object lying
/// on a support plane, or at the depth of what was measured about the patch; how much of the patch
/// a pose covers without covering what is known to be something else decides. Their presence is
/// low: colour and outline alone prove little. Best first.
[[nodiscard]] std::vector<Hypothesis> hidden_proposals(const SceneView& scene,
                                                       const ObjectData& object,
                                                       const HiddenProposalOptions& options);

}  // namespace sam6d
