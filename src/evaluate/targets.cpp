#include <map>
#include <tuple>

#include "sam6d/evaluate.hpp"

namespace sam6d {

std::vector<Target> targets_of(std::span<const GroundTruthPose> truths, double min_visib_fract) {
  std::map<std::tuple<int, int, ObjectId>, int> counts;
  for (const GroundTruthPose& truth : truths) {
    if (truth.visib_fract < min_visib_fract) continue;
    ++counts[{truth.scene_id, truth.im_id, truth.obj_id}];
  }
  std::vector<Target> targets;
  targets.reserve(counts.size());
  for (const auto& [key, count] : counts) {
    targets.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), count});
  }
  return targets;
}

}  // namespace sam6d
