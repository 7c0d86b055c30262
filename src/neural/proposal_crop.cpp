#include "neural/proposal_crop.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>

namespace sam6d {
namespace {

constexpr int kPatchSide = 14;
constexpr int kPatchesAcross = kCropSide / kPatchSide;
constexpr float kValid = 0.5F;
constexpr float kWhite = 255.0F;
constexpr std::array<float, 3> kMean = {0.485F, 0.456F, 0.406F};
constexpr std::array<float, 3> kDeviation = {0.229F, 0.224F, 0.225F};

using Indices = std::array<int, kCropSide>;

/// Nearest-neighbour scaling of `n` samples.
struct Scaling {
  int from;
  int to;
  float step;

  Scaling(int n, double scale)
      : from(n),
        to(std::clamp(static_cast<int>(std::floor(n * scale)), 1, kCropSide)),
        step(static_cast<float>(1.0 / scale)) {}

  [[nodiscard]] int source(int i) const {
    return std::min(static_cast<int>(std::floor(static_cast<float>(i) * step)), from - 1);
  }
};

/// Sources of the places of one axis, from `start` on in the picture.
Indices indices_of(const Scaling& scaling, int start) {
  Indices indices;
  indices.fill(-1);
  const int border = (kCropSide - scaling.to) / 2;
  for (int i = 0; i < scaling.to; ++i) {
    indices[static_cast<std::size_t>(border + i)] = start + scaling.source(i);
  }
  return indices;
}

/// As indices_of, scaled to the full side.
Indices stretched_indices_of(const Scaling& scaling, int start) {
  const Scaling second(scaling.to, static_cast<double>(kCropSide) / scaling.to);
  Indices indices;
  for (int i = 0; i < kCropSide; ++i) {
    indices[static_cast<std::size_t>(i)] = start + scaling.source(second.source(i));
  }
  return indices;
}

/// What a crop is cut from.
struct CropSource {
  const ImageView<Rgb8>& rgb;
  Box rgb_px;  ///< where it lies
  const Image<float>& weights;
  Box weights_px;  ///< where they lie
  Box box_px;      ///< to cut out
};

/// What each of the 256 values of each channel becomes.
using Levels = std::array<std::array<float, 256>, 3>;

Levels levels(bool normalised) {
  Levels table;
  for (std::size_t channel = 0; channel < 3; ++channel) {
    for (std::size_t value = 0; value < 256; ++value) {
      const float share = static_cast<float>(value) / kWhite;
      table[channel][value] = normalised ? (share - kMean[channel]) / kDeviation[channel] : share;
    }
  }
  return table;
}

void cut(const CropSource& source, bool normalised, const CropPixels& crop) {
  static const Levels kNormalised = levels(true);
  static const Levels kPlain = levels(false);
  const Levels& table = normalised ? kNormalised : kPlain;
  const CropIndices indices = crop_indices(source.box_px);
  const Box shown = intersect(source.rgb_px, source.weights_px);
  std::fill(crop.rgb.begin(), crop.rgb.end(), 0.0F);
  std::fill(crop.weights.begin(), crop.weights.end(), 0.0F);
  std::size_t pixel = 0;
  for (const int y : indices.rows) {
    for (const int x : indices.columns) {
      const std::size_t here = pixel++;
      if (!shown.contains(x, y)) continue;
      const float weight = source.weights(x - source.weights_px.x0, y - source.weights_px.y0);
      const Rgb8 color = source.rgb.at(x - source.rgb_px.x0, y - source.rgb_px.y0);
      crop.weights[here] = weight;
      crop.rgb[here] = table[0][color.r] * weight;
      crop.rgb[here + kCropPixels] = table[1][color.g] * weight;
      crop.rgb[here + std::size_t{2} * kCropPixels] = table[2][color.b] * weight;
    }
  }
}

}  // namespace

CropIndices crop_indices(const Box& box_px) {
  CropIndices indices;
  if (box_px.empty()) {
    indices.columns.fill(-1);
    indices.rows.fill(-1);
    return indices;
  }
  const int longer = std::max(box_px.width(), box_px.height());
  // In this order, as LibTorch divides a number by a tensor: other roundings give other lengths.
  const double scale = 1.0F / static_cast<float>(longer) * static_cast<float>(kCropSide);
  const Scaling across(box_px.width(), scale);
  const Scaling down(box_px.height(), scale);
  const auto fill = across.to == down.to ? stretched_indices_of : indices_of;
  indices.columns = fill(across, box_px.x0);
  indices.rows = fill(down, box_px.y0);
  return indices;
}

void crop_proposal(const ImageView<Rgb8>& rgb, const Proposal& proposal, const CropPixels& crop) {
  cut({rgb, {0, 0, rgb.width, rgb.height}, proposal.weights, proposal.extent_px, proposal.box_px},
      true, crop);
}

void crop_template_view(const TemplateView& view, bool reference_quirks, const CropPixels& crop) {
  Image<float> weights(view.mask.width(), view.mask.height());
  Box extent{view.mask.width(), view.mask.height(), 0, 0};
  for (int y = 0; y < view.mask.height(); ++y) {
    for (int x = 0; x < view.mask.width(); ++x) {
      const std::uint8_t value = view.mask(x, y);
      if (value == 0) continue;
      weights(x, y) = static_cast<float>(value) / kWhite;
      extent = {std::min(extent.x0, x), std::min(extent.y0, y), std::max(extent.x1, x + 1),
                std::max(extent.y1, y + 1)};
    }
  }
  const Box whole{0, 0, view.mask.width(), view.mask.height()};
  cut({view.rgb.view(), whole, weights, whole, extent}, !reference_quirks, crop);
}

std::array<bool, kCropPatches> valid_patches(std::span<const float> weights) {
  std::array<bool, kCropPatches> valid;
  for (int patch = 0; patch < kCropPatches; ++patch) {
    const int top = patch / kPatchesAcross * kPatchSide;
    const int left = patch % kPatchesAcross * kPatchSide;
    float sum = 0;
    for (int y = top; y < top + kPatchSide; ++y) {
      for (int x = left; x < left + kPatchSide; ++x) {
        sum += weights[static_cast<std::size_t>(y * kCropSide + x)];
      }
    }
    valid[static_cast<std::size_t>(patch)] = sum / (kPatchSide * kPatchSide) > kValid;
  }
  return valid;
}

}  // namespace sam6d
