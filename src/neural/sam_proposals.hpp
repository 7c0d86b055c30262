#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "nets/sam.hpp"
#include "neural/proposal.hpp"
#include "neural/sam_candidates.hpp"
#include "sam6d/image.hpp"
#include "sam6d/progress.hpp"

namespace sam6d {

struct SamProposerOptions {
  SamSelection selection;
  /// Points of the prompt grid along a side.
  int points_per_side = 32;
  /// Prompts that are worked off together at most; a CPU takes fewer, to the same result.
  int points_per_batch = 64;
  /// Width to which the picture is brought first, pixels.
  int working_width = 640;

  /// Throws Error(kInvalidArgument) that names the field.
  void validate() const;
};

/// What became of the grid's points and their masks.
struct SamCounts {
  int grid_points = 0;
  int skipped_points = 0;  ///< those that the filter did not allow
  int masks = 0;           ///< three a prompt
  int confident = 0;       ///< of them with a prediction above the threshold
  int stable = 0;          ///< of those
  int proposals = 0;       ///< of those, without duplicates
};

/// Whether a point of the grid gets a prompt: (x, y) of the picture; the pixel it lies in is
/// (floor x, floor y). None = all do.
using PointFilter = std::function<bool(double x_px, double y_px)>;

/// SAM's proposals: every thing in a picture, whatever it is. An immutable value; may be used from
/// several threads.
struct SamProposer {
  nets::Sam network;
  SamProposerOptions options;

  /// Best first; none is an empty list. `progress`: stages "image encoder" and "proposals". Without
  /// any allowed point the network does not look at the picture. Exceptions of LibTorch pass
  /// through.
  [[nodiscard]] std::vector<Proposal> propose(const ImageView<Rgb8>& picture,
                                              const PointFilter& allowed,
                                              const ProgressFn& progress, SamCounts& counts) const;
};

/// The grid's points x, y in 0..1, x fastest: the centres of n * n fields.
[[nodiscard]] std::vector<std::pair<double, double>> point_grid(int n);

}  // namespace sam6d
