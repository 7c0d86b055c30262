#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "object/geometric_features.hpp"
#include "pose/candidate.hpp"
#include "pose/scene_view.hpp"
#include "pose/search.hpp"
#include "render/z_buffer.hpp"

namespace sam6d {

/// Memory that one worker keeps from pose to pose.
struct ScoreScratch {
  ProjectedVertices projected;
  ZBuffer buffer;
  std::vector<std::uint8_t> states;
  std::vector<std::uint8_t> reached;
  std::vector<std::pair<int, int>> queue;
  std::vector<std::pair<int, int>> next_queue;
};

struct FinalScoreOptions {
  bool use_color = true;
  /// Working pixels between the samples that are looked at; 0 = by the object's size.
  int step = 0;
};

struct FinalScore {
  PoseEvidence evidence;
  float score = 0;  ///< F
  std::vector<std::pair<std::uint32_t, std::uint8_t>> explained;
};

/// Renders the object at a pose and compares it with the picture, pixel by pixel.
[[nodiscard]] FinalScore final_score(const SceneView& scene, const GeometricFeatures& object,
                                     const Candidate& pose, const FinalScoreOptions& options,
                                     ScoreScratch& scratch);

}  // namespace sam6d
