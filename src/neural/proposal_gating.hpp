#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "neural/depth_survey.hpp"
#include "neural/object_size.hpp"
#include "neural/proposal.hpp"
#include "sam6d/frame.hpp"

/// Depth and size first: what cannot be any of the objects is not worth a network's time.
namespace sam6d {

/// Where a prompt's place is in the picture, and how far it is to the next prompts, px.
struct PromptCell {
  double x = 0;
  double y = 0;
  double width = 0;
  double height = 0;
};

/// Whether a point of SAM's grid of prompts is worth a mask: not on the support, nor where there is
/// no depth. Dark and shiny things have little depth: a point without depth counts as theirs when
/// anything rises from the support in the point's own cell of the grid.
[[nodiscard]] bool is_worth_a_prompt(const DepthSurvey& survey, const PromptCell& cell);

/// What the depth under a mask measures. All of it is robust: a tenth of the pixels on either side
/// (along the optical axis a quarter, since a filled hole shows what lies behind) may be wrong.
struct ProposalSize {
  double extent_m = 0;       ///< the largest width of what is seen
  double area_m2 = 0;        ///< at the median depth, as if seen from the front
  double support_share = 0;  ///< of the pixels with depth
};

/// Nothing where less than a fifth of the mask has depth, or hardly a pixel.
[[nodiscard]] std::optional<ProposalSize> measure_proposal(const Proposal& proposal,
                                                           const Frame& frame,
                                                           const DepthSurvey& survey);

/// Why a proposal cannot be an object.
enum class GateReason : std::uint8_t {
  kNone,      ///< it can
  kEmpty,     ///< no pixel weighs half
  kSupport,   ///< seven tenths of it are support
  kTooLong,   ///< wider than 1.1 diameters
  kTooLarge,  ///< of more area than 1.4 times the largest silhouette
  kTooSmall,  ///< of less area than a 20th of the smallest silhouette: all but hidden
};

/// Whether `size` is beyond all of the objects. Without a size (no depth) it can be any.
[[nodiscard]] GateReason gate(const std::optional<ProposalSize>& size,
                              std::span<const ObjectSize> objects);

/// One a proposal.
[[nodiscard]] std::vector<GateReason> gate_proposals(std::span<const Proposal> proposals,
                                                     const Frame& frame, const DepthSurvey& survey,
                                                     std::span<const ObjectSize> objects,
                                                     int threads);

}  // namespace sam6d
