#pragma once

#include <span>
#include <vector>

#include "neural/proposal.hpp"

namespace sam6d {

/// Which proposals stay when of those whose masks (the pixels that weigh half or more) overlap more
/// than `iou` only the best is kept: their indices, ascending. Of equal scores the first is the
/// best; a score that is not a number is the worst.
[[nodiscard]] std::vector<int> without_near_duplicates(std::span<const Proposal> proposals,
                                                       float iou, int threads);

}  // namespace sam6d
