#pragma once

#include <vector>

#include "object/object_data.hpp"
#include "pose/scene_view.hpp"
#include "pose/search.hpp"

namespace sam6d {

/// Shares out between the poses of each place how sure the place is: what looks the same from two
/// sides, or hides what would tell, is known less surely than that the object is there. All poses
/// of a place get the presence of its surest one; each one's probability is its share of that by
/// F and by how well it explains the measured depth, pixel by pixel (PoseEvidence::misfit). Sorts
/// by presence, then probability.
void settle_twins(const SceneView& scene, const ObjectData& object,
                  std::vector<Hypothesis>& hypotheses);

}  // namespace sam6d
