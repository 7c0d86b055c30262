#pragma once

#include <array>
#include <span>

#include "neural/proposal.hpp"
#include "sam6d/image.hpp"
#include "sam6d/template_views.hpp"

/// Pictures of single proposals and template views as SAM-6D (Lin et al. 2024) describes them with
/// DINOv2: squares of 224 pixels, the longer side of the crop fitted in.
namespace sam6d {

/// Side of the picture that is described, and its patches.
inline constexpr int kCropSide = 224;
inline constexpr int kCropPixels = kCropSide * kCropSide;
inline constexpr int kCropPatches = 16 * 16;

/// Which column and row of a picture each column and row of a crop shows; -1 = none.
///
/// The reference's rule, to the pixel: nearest neighbours, scaled by 1 / longer side x 224 in
/// single precision, which makes the longer side 223 or 224 pixels long; centred, rounded to the
/// upper left; a square that came out as 223 is scaled once more. Where the reference stops with an
/// error a thin box is one pixel wide here, and an empty one shows nothing.
struct CropIndices {
  std::array<int, kCropSide> columns;
  std::array<int, kCropSide> rows;
};

[[nodiscard]] CropIndices crop_indices(const Box& box_px);

/// A crop's pixels, where the caller wants them.
struct CropPixels {
  std::span<float> rgb;      ///< 3 x 224 x 224
  std::span<float> weights;  ///< 224 x 224
};

/// Colours are normalised by mean and deviation of ImageNet's and then multiplied by the weights,
/// so that what does not belong to the proposal is 0, the mean colour.
void crop_proposal(const ImageView<Rgb8>& rgb, const Proposal& proposal, const CropPixels& crop);

/// The view's mask gives box and weights. It becomes what a proposal that looked like it would. The
/// reference, when it is given a single object, forgets to normalise templates (black is 0 there,
/// as it is in proposals, but colours are 0..1), which `reference_quirks` brings back; on data sets
/// it normalises them after the crop, so that their black background differs from the proposals'.
/// A view that shows nothing becomes zeros.
void crop_template_view(const TemplateView& view, bool reference_quirks, const CropPixels& crop);

/// Of each 14 x 14 patch, row after row, whether its weights are above 0.5 on average.
[[nodiscard]] std::array<bool, kCropPatches> valid_patches(std::span<const float> weights);

}  // namespace sam6d
