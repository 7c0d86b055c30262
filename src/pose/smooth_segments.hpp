#pragma once

namespace sam6d {

struct FrameFeatures;

/// Grows patches of smooth surface over the pixels that lie on no support plane, and measures them
/// (FrameFeatures::segments, PixelFeatures::segment). A patch longer than an object is not part of
/// it.
void find_smooth_segments(FrameFeatures& frame);

}  // namespace sam6d
