#pragma once

#include "sam6d/image.hpp"

/// Sizes of pictures as SAM takes them, and where their pixels lie in its masks.
namespace sam6d {

struct PictureSize {
  int width = 0;
  int height = 0;

  friend bool operator==(const PictureSize&, const PictureSize&) = default;
};

/// A picture's way into the network and the way of masks back. Masks are `grid` x `grid`; a
/// `network` x `network` picture would have their corners, of which `input` is filled.
struct SamFrame {
  PictureSize picture;
  PictureSize input;  ///< as the network sees it, without the padding
  int network = 1024;
  int grid = 256;
};

/// The size at which SAM-6D looks for masks: `width` wide, int(width * h / w) high, and at least
/// one pixel. A picture many times as high as wide would become huge; it gets kMostWorkingRows.
[[nodiscard]] PictureSize working_size(const PictureSize& picture, int width);
inline constexpr int kMostWorkingRows = 8192;

/// With the longer side `side`, rounded, at least one pixel.
[[nodiscard]] PictureSize longest_side_size(const PictureSize& picture, int side);

/// Bilinear as OpenCV does it for 8 bits.
[[nodiscard]] Image<Rgb8> resize_bilinear(const ImageView<Rgb8>& picture, const PictureSize& size);

}  // namespace sam6d
