#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sam6d/export.hpp"
#include "sam6d/image.hpp"

namespace sam6d {

/// Half open: columns x0 .. x1-1, rows y0 .. y1-1.
struct Box {
  int x0 = 0;
  int y0 = 0;
  int x1 = 0;
  int y1 = 0;

  [[nodiscard]] int width() const { return x1 > x0 ? x1 - x0 : 0; }
  [[nodiscard]] int height() const { return y1 > y0 ? y1 - y0 : 0; }
  [[nodiscard]] bool empty() const { return x1 <= x0 || y1 <= y0; }
  [[nodiscard]] std::int64_t area() const { return std::int64_t{width()} * height(); }
  [[nodiscard]] bool contains(int x, int y) const { return x >= x0 && x < x1 && y >= y0 && y < y1; }

  friend bool operator==(const Box&, const Box&) = default;
};

/// A part of a picture, in its pixels.
using Roi = Box;

[[nodiscard]] SAM6D_API Box intersect(const Box& a, const Box& b);
[[nodiscard]] SAM6D_API double box_iou(const Box& a, const Box& b);

/// A set of pixels of a picture: 8-bit pixels (0 or 255) inside a box, nothing outside of it.
class SAM6D_API Mask {
 public:
  Mask() = default;
  /// All pixels of the box off. Throws Error(kInvalidArgument) for a box of over 2^28 pixels.
  explicit Mask(const Box& box);
  /// The non-zero pixels of a picture, in the smallest box that holds them.
  [[nodiscard]] static Mask from_image(const ImageView<std::uint8_t>& picture);

  [[nodiscard]] const Box& box() const { return box_; }
  [[nodiscard]] bool empty() const { return pixels_.empty(); }
  /// In coordinates of the picture; off outside of the box.
  [[nodiscard]] bool at(int x, int y) const {
    return box_.contains(x, y) && pixels_[offset(x, y)] != 0;
  }
  /// Pixels outside of the box are ignored.
  void set(int x, int y, bool on = true) {
    if (box_.contains(x, y)) pixels_[offset(x, y)] = on ? 255 : 0;
  }
  /// Number of pixels that are on.
  [[nodiscard]] std::int64_t area() const;
  /// The same mask in the smallest box that holds its pixels.
  [[nodiscard]] Mask cropped() const;
  /// A picture of the given size, 0 or 255; what lies outside of it is cut off.
  [[nodiscard]] Image<std::uint8_t> to_image(int width, int height) const;
  /// The box's pixels, row after row.
  [[nodiscard]] const std::vector<std::uint8_t>& pixels() const { return pixels_; }

  friend bool operator==(const Mask&, const Mask&) = default;

 private:
  [[nodiscard]] std::size_t offset(int x, int y) const {
    return static_cast<std::size_t>(y - box_.y0) * static_cast<std::size_t>(box_.width()) +
           static_cast<std::size_t>(x - box_.x0);
  }

  Box box_;
  std::vector<std::uint8_t> pixels_;
};

/// Intersection over union of the pixels; 0 when both are empty.
[[nodiscard]] SAM6D_API double mask_iou(const Mask& a, const Mask& b);

}  // namespace sam6d
