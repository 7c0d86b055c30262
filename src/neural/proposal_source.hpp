#pragma once

#include <functional>
#include <vector>

#include "neural/proposal.hpp"
#include "sam6d/frame.hpp"
#include "sam6d/model_report.hpp"
#include "sam6d/neural_segmenter_options.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/segment_report.hpp"

namespace sam6d {

/// Whether a point (x, y) of the picture is worth a prompt; none = all are.
using PromptFilter = std::function<bool(double x_px, double y_px)>;

/// What proposes masks: a network, or whoever stands in for it.
struct ProposalSource {
  /// Best first. Counts of prompts go into the report.
  using Propose =
      std::function<std::vector<Proposal>(const Frame& frame, const PromptFilter& worth,
                                          const ProgressFn& progress, SegmentReport& report)>;
  Propose propose;
  ModelReport model;
  int points_per_side = 0;  ///< of the grid of prompts; 0 = it takes none
};

/// The network that the options ask for, loaded. Throws Error(kBadWeights), Error(kDevice),
/// Error(kOutOfMemory).
[[nodiscard]] ProposalSource load_proposal_source(const NeuralSegmenterOptions& options,
                                                  const ProgressFn& progress);

}  // namespace sam6d
