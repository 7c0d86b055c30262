#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <vector>

namespace sam6d {

struct Rgb8 {
  std::uint8_t r = 0;
  std::uint8_t g = 0;
  std::uint8_t b = 0;

  friend bool operator==(const Rgb8&, const Rgb8&) = default;
};

/// Pixels that somebody else owns; rows may be padded.
template <class T>
struct ImageView {
  const T* data = nullptr;
  int width = 0;
  int height = 0;
  std::ptrdiff_t row_stride_bytes = 0;

  [[nodiscard]] bool empty() const { return data == nullptr || width <= 0 || height <= 0; }
  [[nodiscard]] const T* row(int y) const {
    return reinterpret_cast<const T*>(reinterpret_cast<const std::byte*>(data) +
                                      static_cast<std::ptrdiff_t>(y) * row_stride_bytes);
  }
  /// No bounds check.
  [[nodiscard]] const T& at(int x, int y) const { return row(y)[x]; }
};

/// Pixels that it owns, row after row without padding.
template <class T>
class Image {
  static_assert(!std::is_same_v<T, bool>, "use std::uint8_t");

 public:
  Image() = default;
  Image(int width, int height, const T& fill = zero())
      : width_(width),
        height_(height),
        pixels_(static_cast<std::size_t>(width) * static_cast<std::size_t>(height), fill) {}
  /// Copies a view.
  explicit Image(const ImageView<T>& view) : width_(view.width), height_(view.height) {
    pixels_.reserve(static_cast<std::size_t>(width_) * static_cast<std::size_t>(height_));
    for (int y = 0; y < height_; ++y) {
      pixels_.insert(pixels_.end(), view.row(y), view.row(y) + width_);
    }
  }

  [[nodiscard]] int width() const { return width_; }
  [[nodiscard]] int height() const { return height_; }
  [[nodiscard]] bool empty() const { return pixels_.empty(); }
  [[nodiscard]] std::size_t size() const { return pixels_.size(); }

  [[nodiscard]] T* data() { return pixels_.data(); }
  [[nodiscard]] const T* data() const { return pixels_.data(); }
  [[nodiscard]] T* row(int y) { return pixels_.data() + offset(0, y); }
  [[nodiscard]] const T* row(int y) const { return pixels_.data() + offset(0, y); }
  /// No bounds check.
  [[nodiscard]] T& operator()(int x, int y) { return pixels_[offset(x, y)]; }
  [[nodiscard]] const T& operator()(int x, int y) const { return pixels_[offset(x, y)]; }

  [[nodiscard]] ImageView<T> view() const {
    return {pixels_.data(), width_, height_,
            static_cast<std::ptrdiff_t>(sizeof(T)) * static_cast<std::ptrdiff_t>(width_)};
  }

 private:
  // Eigen's vectors do not start at zero by themselves.
  static T zero() {
    if constexpr (requires { T::Zero(); }) {
      return T::Zero();
    } else {
      return T{};
    }
  }

  [[nodiscard]] std::size_t offset(int x, int y) const {
    return static_cast<std::size_t>(y) * static_cast<std::size_t>(width_) +
           static_cast<std::size_t>(x);
  }

  int width_ = 0;
  int height_ = 0;
  std::vector<T> pixels_;
};

}  // namespace sam6d
