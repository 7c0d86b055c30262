#pragma once

#include <vector>

#include "sam6d/stage_seconds.hpp"

namespace sam6d {

/// What a call of Segmenter::segment took and left out, as far as the backend counts it.
struct SegmentReport {
  std::vector<StageSeconds> seconds;
  bool has_counts = false;      ///< the geometric backend has neither prompts nor proposals
  int prompts = 0;              ///< points that a mask was asked for
  int prompts_skipped = 0;      ///< points of the grid that were not worth it (prompt_gating)
  int proposals = 0;            ///< masks that the proposal network gave
  int proposals_skipped = 0;    ///< of a size that no object has (size_gating)
  int proposals_merged = 0;     ///< nearly the same as a better one (merge_iou)
  int proposals_described = 0;  ///< all others
};

}  // namespace sam6d
