#pragma once

#include <span>

#include <opencv2/core.hpp>

#include "sam6d/image.hpp"
#include "sam6d/mask.hpp"

namespace sam6d {

/// How much of each pixel of a box something covers, 0..1: what is drawn, before it has a colour.
struct Coverage {
  Box box;
  cv::Mat1f share;  ///< of the box's size
};

/// The smallest box that holds both; an empty one does not count.
[[nodiscard]] Box united(const Box& a, const Box& b);

struct Segment {
  cv::Point2d from_px;
  cv::Point2d to_px;
};

/// Lines with round ends, smoothed, cut off at `limits`.
[[nodiscard]] Coverage cover_segments(std::span<const Segment> segments, double width_px,
                                      const Box& limits);

/// The border of a set of pixels (non-zero), as a line of the given width along it. `origin` is the
/// set's place; the result reaches beyond it by the width and is cut off at `limits`.
[[nodiscard]] Coverage cover_outline(const cv::Mat1b& set, cv::Point origin, double width_px,
                                     const Box& limits);

/// A set of pixels (0..255) as it is.
[[nodiscard]] Coverage cover_set(const cv::Mat1b& set, cv::Point origin, const Box& limits);

/// A rectangle with round corners.
[[nodiscard]] Coverage cover_rectangle(const Box& rectangle, double radius_px, const Box& limits);

/// `factor` x `factor` pixels become one.
[[nodiscard]] Coverage shrunk(const Coverage& coverage, int factor);

/// Blends a colour into the pixels that are covered.
void paint(Image<Rgb8>& picture, const Coverage& coverage, Rgb8 color, double opacity = 1.0);

}  // namespace sam6d
