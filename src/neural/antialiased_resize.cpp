#include "neural/antialiased_resize.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "base/parallel.hpp"

namespace sam6d {
namespace {

/// Weights are fixed-point numbers: 8 bits of the pixel and 2 for sums over 1 are left of 32.
constexpr int kFractionBits = 32 - 8 - 2;
constexpr int kRowsATask = 32;

/// The pixels that an output pixel is a weighted mean of.
struct Window {
  int first = 0;
  std::vector<int> weights;
};

std::vector<Window> windows(int from, int to) {
  const double scale = static_cast<double>(from) / to;
  const double support = std::max(scale, 1.0);
  std::vector<Window> result(static_cast<std::size_t>(to));
  for (int i = 0; i < to; ++i) {
    const double centre = (i + 0.5) * scale;
    const int first = std::max(0, static_cast<int>(centre - support + 0.5));
    const int end = std::min(from, static_cast<int>(centre + support + 0.5));
    std::vector<double> weights;
    double sum = 0;
    for (int j = first; j < end; ++j) {
      weights.push_back(std::max(0.0, 1.0 - std::abs((j - centre + 0.5) / support)));
      sum += weights.back();
    }
    Window& window = result[static_cast<std::size_t>(i)];
    window.first = first;
    for (const double weight : weights) {
      window.weights.push_back(static_cast<int>(0.5 + weight / sum * (1 << kFractionBits)));
    }
  }
  return result;
}

/// `pixel(j)` of a window's pixels.
template <class Pixel>
Rgb8 mean(const Window& window, const Pixel& pixel) {
  constexpr int kHalf = 1 << (kFractionBits - 1);
  int r = kHalf;
  int g = kHalf;
  int b = kHalf;
  int j = window.first;
  for (const int weight : window.weights) {
    const Rgb8& value = pixel(j++);
    r += weight * value.r;
    g += weight * value.g;
    b += weight * value.b;
  }
  const auto rounded = [](int sum) {
    return static_cast<std::uint8_t>(std::clamp(sum >> kFractionBits, 0, 255));
  };
  return {rounded(r), rounded(g), rounded(b)};
}

}  // namespace

Image<Rgb8> resize_antialiased(const ImageView<Rgb8>& picture, int width, int height) {
  Image<Rgb8> wide;
  ImageView<Rgb8> rows = picture;
  if (width != picture.width) {
    const std::vector<Window> columns = windows(picture.width, width);
    wide = Image<Rgb8>(width, picture.height);
    parallel_for_ranges(picture.height, kRowsATask, 0, [&](int begin, int end) {
      for (int y = begin; y < end; ++y) {
        const Rgb8* const from = picture.row(y);
        Rgb8* to = wide.row(y);
        for (const Window& window : columns) {
          *to++ = mean(window, [&](int x) -> const Rgb8& { return from[x]; });
        }
      }
    });
    rows = wide.view();
  }
  if (height == picture.height) return width != picture.width ? wide : Image<Rgb8>(picture);
  const std::vector<Window> lines = windows(picture.height, height);
  Image<Rgb8> result(width, height);
  parallel_for_ranges(height, kRowsATask, 0, [&](int begin, int end) {
    for (int y = begin; y < end; ++y) {
      const Window& window = lines[static_cast<std::size_t>(y)];
      Rgb8* const to = result.row(y);
      for (int x = 0; x < width; ++x) {
        to[x] = mean(window, [&](int line) -> const Rgb8& { return rows.row(line)[x]; });
      }
    }
  });
  return result;
}

}  // namespace sam6d
