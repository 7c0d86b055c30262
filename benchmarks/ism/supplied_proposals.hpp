#pragma once

#include <cstdint>
#include <vector>

#include "neural/proposal.hpp"
#include "sam6d/mask.hpp"

/// Proposals as a network may give them, made without one.
namespace sam6d::ism {

[[nodiscard]] Proposal to_proposal(const Mask& mask, float score);

/// Rectangles and ellipses anywhere, from 15 pixels to 300.
[[nodiscard]] std::vector<Proposal> random_proposals(int width, int height, int count,
                                                     std::uint64_t seed);

/// The picture cut into cells, and these where the true masks end: parts of objects, of the table,
/// of whatever lies about. `count` of them.
[[nodiscard]] std::vector<Proposal> over_segmented(int width, int height,
                                                   const std::vector<Mask>& truths, int count,
                                                   std::uint64_t seed);

}  // namespace sam6d::ism
