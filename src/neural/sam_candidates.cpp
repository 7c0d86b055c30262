#include "neural/sam_candidates.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "neural/axis_taps.hpp"
#include "segment/box_suppression.hpp"
#include "segment/small_regions.hpp"

namespace sam6d {
namespace {

/// As the selection compares boxes: with quirks they end with their last pixel.
BoxCorners corners(const Box& box, bool reference_quirks) {
  const int last = reference_quirks && !box.empty() ? 1 : 0;
  return {static_cast<float>(box.x0), static_cast<float>(box.y0), static_cast<float>(box.x1 - last),
          static_cast<float>(box.y1 - last)};
}

/// The kept ones of `all`, in their order.
template <class Value>
std::vector<Value> chosen(std::vector<Value> all, const std::vector<int>& kept) {
  std::vector<Value> result;
  result.reserve(kept.size());
  for (const int i : kept) result.push_back(std::move(all[static_cast<std::size_t>(i)]));
  return result;
}

/// The reference's box: scaled in float32, clamped to the last pixel, truncated.
Box quirky_box(const Box& working_box, const PictureSize& working, const PictureSize& picture) {
  const auto scale = static_cast<float>(static_cast<double>(picture.width) / working.width);
  const BoxCorners box = corners(working_box, true);
  const auto scaled = [&](float corner, int size) {
    return static_cast<int>(std::clamp(corner * scale, 0.0F, static_cast<float>(size - 1)));
  };
  return {scaled(box[0], picture.width), scaled(box[1], picture.height),
          scaled(box[2], picture.width), scaled(box[3], picture.height)};
}

/// The samples that any of [begin, end) takes part in.
std::pair<int, int> reach(const AxisTaps& taps, int begin, int end) {
  const auto first = std::ranges::partition_point(
      taps, [&](const AxisTap& tap) { return tap.first + tap.count <= begin; });
  const auto last =
      std::partition_point(first, taps.end(), [&](const AxisTap& tap) { return tap.first < end; });
  return {static_cast<int>(first - taps.begin()), static_cast<int>(last - taps.begin())};
}

/// A mask of the working picture resized to the picture as numbers 0..1.
void resize_mask(const Mask& mask, const PictureSize& working, const PictureSize& picture,
                 Proposal& proposal) {
  const AxisTaps columns = resize_taps(working.width, picture.width);
  const AxisTaps rows = resize_taps(working.height, picture.height);
  const auto [x0, x1] = reach(columns, mask.box().x0, mask.box().x1);
  const auto [y0, y1] = reach(rows, mask.box().y0, mask.box().y1);
  proposal.extent_px = mask.empty() ? Box{} : Box{x0, y0, x1, y1};
  proposal.weights = Image<float>(proposal.extent_px.width(), proposal.extent_px.height());
  for (int y = proposal.extent_px.y0; y < proposal.extent_px.y1; ++y) {
    const AxisTap& line = rows[static_cast<std::size_t>(y)];
    for (int x = proposal.extent_px.x0; x < proposal.extent_px.x1; ++x) {
      const AxisTap& tap = columns[static_cast<std::size_t>(x)];
      float sum = 0;
      for (int j = 0; j < line.count; ++j) {
        float along = 0;
        for (int i = 0; i < tap.count; ++i) {
          if (mask.at(tap.first + i, line.first + j)) {
            along += tap.weights[static_cast<std::size_t>(i)];
          }
        }
        sum += line.weights[static_cast<std::size_t>(j)] * along;
      }
      proposal.weights(x - proposal.extent_px.x0, y - proposal.extent_px.y0) = sum;
    }
  }
}

Proposal whole_proposal(const SamMask& mask) {
  Proposal proposal;
  proposal.box_px = mask.box;
  proposal.extent_px = mask.mask.box();
  proposal.weights = Image<float>(proposal.extent_px.width(), proposal.extent_px.height());
  std::ranges::transform(mask.mask.pixels(), proposal.weights.data(),
                         [](std::uint8_t pixel) { return pixel != 0 ? 1.0F : 0.0F; });
  proposal.score = mask.quality;
  return proposal;
}

}  // namespace

SamSamplers::SamSamplers(const SamFrame& frame, const PictureSize& picture_size)
    : working(frame, frame.picture), picture(frame, picture_size), bound(working, frame.grid) {}

bool passes(const SamSelection& selection, float quality) {
  return selection.pred_iou_threshold <= 0 || quality > selection.pred_iou_threshold;
}

std::optional<SamCandidate> judge(const SamSamplers& samplers, const SamSelection& selection,
                                  float quality, const float* logits) {
  if (!passes(selection, quality)) return std::nullopt;
  const float offset = selection.stability_offset;
  const bool needs_stability = selection.stability_threshold > 0;
  if (needs_stability && samplers.bound.largest(logits, offset) < selection.stability_threshold) {
    return std::nullopt;
  }
  SamCandidate candidate;
  candidate.quality = quality;
  candidate.logits = logits_above(logits, samplers.bound.grid(), -offset);
  const MaskMeasure mask = measure(samplers.working, candidate.logits, offset);
  candidate.stability = mask.stability();
  candidate.box = mask.box;
  if (needs_stability && !(candidate.stability >= selection.stability_threshold)) {
    return std::nullopt;
  }
  if (mask.area == 0 && !selection.reference_quirks) return std::nullopt;
  return candidate;
}

std::vector<SamCandidate> without_duplicates(std::vector<SamCandidate> candidates,
                                             const SamSelection& selection) {
  std::vector<BoxCorners> boxes;
  std::vector<float> scores;
  for (const SamCandidate& candidate : candidates) {
    boxes.push_back(corners(candidate.box, selection.reference_quirks));
    scores.push_back(candidate.quality);
  }
  return chosen(std::move(candidates), suppress_boxes(boxes, scores, selection.box_nms));
}

std::vector<SamMask> without_small_regions(std::vector<SamMask> masks, const PictureSize& size,
                                           std::int64_t least_area, const SamSelection& selection) {
  std::vector<BoxCorners> boxes;
  std::vector<float> unchanged;
  for (SamMask& mask : masks) {
    Image<std::uint8_t> pixels = mask.mask.to_image(size.width, size.height);
    const bool changed = remove_small_regions(pixels, least_area);
    if (changed) {
      mask.mask = Mask::from_image(pixels.view());
      mask.box = mask.mask.box();
    }
    boxes.push_back(corners(mask.box, selection.reference_quirks));
    unchanged.push_back(changed ? 0.0F : 1.0F);
  }
  return chosen(std::move(masks), suppress_boxes(boxes, unchanged, selection.box_nms));
}

std::vector<Proposal> to_proposals(const std::vector<SamCandidate>& candidates,
                                   const SamSamplers& samplers, const SamSelection& selection) {
  const bool quirks = selection.reference_quirks;
  const PictureSize working = samplers.working.size();
  const PictureSize picture = samplers.picture.size();
  std::vector<SamMask> masks;
  for (const SamCandidate& candidate : candidates) {
    SamMask mask{mask_of(quirks ? samplers.working : samplers.picture, candidate.logits),
                 {},
                 candidate.quality};
    mask.box = mask.mask.box();
    if (mask.box.empty() && !quirks) continue;
    masks.push_back(std::move(mask));
  }
  if (selection.min_region_area > 0) {
    const double pixels_a_pixel = quirks
                                      ? 1.0
                                      : static_cast<double>(picture.width) * picture.height /
                                            (static_cast<double>(working.width) * working.height);
    masks = without_small_regions(
        std::move(masks), quirks ? working : picture,
        static_cast<std::int64_t>(std::ceil(selection.min_region_area * pixels_a_pixel)),
        selection);
  }
  std::vector<Proposal> proposals;
  for (const SamMask& mask : masks) {
    if (!quirks) {
      proposals.push_back(whole_proposal(mask));
      continue;
    }
    Proposal proposal;
    proposal.box_px = quirky_box(mask.box, working, picture);
    proposal.score = mask.quality;
    resize_mask(mask.mask, working, picture, proposal);
    proposals.push_back(std::move(proposal));
  }
  return proposals;
}

}  // namespace sam6d
