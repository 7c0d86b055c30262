#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "object/object_data.hpp"
#include "pose/scene_view.hpp"
#include "pose/search.hpp"

namespace sam6d {

/// How much work the search of one object does.
struct SearchProfile {
  float voxel = 0.06F;  ///< share of the diameter
  int least_references = 300;
  int most_references = 600;
  float reference_share = 0.2F;
  // Kept by the three rounds of suppression, in all and around each place.
  int keep[3] = {500, 200, 60};
  int quota[3] = {15, 10, 5};

  [[nodiscard]] static SearchProfile fast();
  [[nodiscard]] static SearchProfile full();
};

struct ObjectSearchOptions {
  SearchProfile profile;
  bool use_color = true;
  Box region;                               ///< working pixels
  std::span<const std::uint8_t> explained;  ///< see ScenePointOptions
  std::uint64_t seed = 0;
  int threads = 1;
  /// Called between stages; may throw to stop.
  std::function<void()> checkpoint;
};

/// Seconds of each stage, summed over calls.
struct StageTimes {
  double points = 0;
  double voting = 0;  ///< with the quick score
  double alignment = 0;
  double scoring = 0;
};

/// The refined and judged hypotheses of one object, best first.
[[nodiscard]] std::vector<Hypothesis> search_object(const SceneView& scene,
                                                    const ObjectData& object,
                                                    const ObjectSearchOptions& options,
                                                    StageTimes* times = nullptr);

/// The evidence for a pose of the object's centre, as a hypothesis.
[[nodiscard]] Hypothesis judged(const SceneView& scene, const ObjectData& object,
                                const struct Candidate& pose, bool use_color);

}  // namespace sam6d
