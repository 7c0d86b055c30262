#pragma once

#include <cstdint>
#include <vector>

#include "neural/axis_taps.hpp"
#include "neural/sam_frame.hpp"
#include "sam6d/mask.hpp"

/// SAM's masks as the network gives them: small grids of logits, which are interpolated to the
/// picture a row at a time, so that no mask is ever held at the picture's size but as its pixels.
namespace sam6d {

/// Logits of a part of a grid; those of the rest are below what anybody asks for.
struct LogitPatch {
  Box box;                    ///< of the grid
  std::vector<float> values;  ///< the box's, row after row
};

/// The part that a pixel with a logit above `cut` can come from: what is above it and three places
/// around it. Interpolated values lie between their neighbours', of which there are three a side.
[[nodiscard]] LogitPatch logits_above(const float* logits, int grid, float cut);

/// Interpolates grids of logits to a picture: to `network` x `network` first, then what is `input`
/// of it to the picture, both bilinear, as SAM does it.
class LogitSampler {
 public:
  LogitSampler(const SamFrame& frame, const PictureSize& picture);

  [[nodiscard]] const PictureSize& size() const { return size_; }
  /// The pixels that have all their neighbours in a patch.
  [[nodiscard]] Box pixels_of(const LogitPatch& patch) const;
  /// Pixels [box.x0, box.x1) of row y of pixels_of(patch).
  void row(const LogitPatch& patch, const Box& box, int y, std::vector<float>& scratch,
           std::vector<float>& to) const;

  [[nodiscard]] const AxisTaps& columns() const { return columns_; }
  [[nodiscard]] const AxisTaps& rows() const { return rows_; }

 private:
  PictureSize size_;
  AxisTaps columns_;
  AxisTaps rows_;
};

/// What is known of a mask once its logits were looked at in the picture.
struct MaskMeasure {
  std::int64_t sure = 0;      ///< pixels with logits above +offset
  std::int64_t area = 0;      ///< above 0
  std::int64_t possible = 0;  ///< above -offset
  Box box;                    ///< around those above 0; empty if there are none

  /// Intersection over union of the masks at +offset and -offset; not a number without any pixel.
  [[nodiscard]] float stability() const {
    return static_cast<float>(sure) / static_cast<float>(possible);
  }
};

[[nodiscard]] MaskMeasure measure(const LogitSampler& sampler, const LogitPatch& patch,
                                  float offset);

/// Whether a mask cannot reach a stability whatever its pixels are, by the grid alone: no pixel is
/// sure that has no sure neighbour, and all are possible whose neighbours are.
class StabilityBound {
 public:
  explicit StabilityBound(const LogitSampler& sampler, int grid);
  /// The largest stability that the mask can have.
  [[nodiscard]] double largest(const float* logits, float offset) const;
  [[nodiscard]] int grid() const { return grid_; }

 private:
  int grid_;
  /// Pixels whose neighbours lie within one place of a row or column of the grid.
  std::vector<std::int64_t> rows_, columns_;
};

/// The pixels above 0.
[[nodiscard]] Mask mask_of(const LogitSampler& sampler, const LogitPatch& patch);

}  // namespace sam6d
