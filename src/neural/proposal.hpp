#pragma once

#include "sam6d/image.hpp"
#include "sam6d/mask.hpp"

namespace sam6d {

/// A part of a picture that may be an object, as a proposal network found it.
struct Proposal {
  /// Around the pixels that are on: half open, inside the picture, not empty. With reference quirks
  /// what the reference stores: right and bottom are then the last column and row themselves, so
  /// that crops lose them, and the box may be empty.
  Box box_px;
  /// Where `weights` lies in the picture; what is outside of it weighs nothing.
  Box extent_px;
  /// How much a pixel belongs to the proposal, 0..1: fractions come of resized masks.
  Image<float> weights;
  float score = 0;
};

}  // namespace sam6d
