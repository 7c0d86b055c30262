#pragma once

#include <vector>

#include "nets/fastsam.hpp"
#include "neural/proposal.hpp"
#include "sam6d/progress.hpp"

namespace sam6d {

struct FastSamProposerOptions {
  int side = 640;             ///< longer side of the picture as the network sees it: 32, 64, ...
  float least_score = 0.25F;  ///< boxes with more than this get a mask
  double box_overlap = 0.9;   ///< intersection over union above which the worse box goes
  int most_proposals = 200;   ///< the best ones
  /// What the reference does: the network is given blue, green, red, and masks keep the letterbox's
  /// borders (reference_fastsam_proposals()).
  bool reference_quirks = false;
};

/// FastSAM's proposals: every thing in a picture, whatever it is. An immutable value; may be used
/// from several threads.
struct FastSamProposer {
  nets::FastSam network;
  FastSamProposerOptions options;

  /// Best first; none is an empty list. `progress`: stage "proposals". Exceptions of LibTorch pass
  /// through.
  [[nodiscard]] std::vector<Proposal> propose(const ImageView<Rgb8>& picture,
                                              const ProgressFn& progress = {}) const;
};

/// A letterboxed picture as the network takes it: (1,3,H,W) float32, 0..1, red first or blue first.
[[nodiscard]] at::Tensor fastsam_input(const Image<Rgb8>& picture, bool blue_first);

}  // namespace sam6d
