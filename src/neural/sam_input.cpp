#include "neural/sam_input.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

#include <ATen/ops/zeros.h>

#include "neural/antialiased_resize.hpp"
#include "neural/sam_frame.hpp"

namespace sam6d {
namespace {

/// Of colours in 0..255, red, green, blue.
constexpr std::array<float, 3> kMean = {123.675F, 116.28F, 103.53F};
constexpr std::array<float, 3> kDeviation = {58.395F, 57.12F, 57.375F};

}  // namespace

at::Tensor sam_input(const ImageView<Rgb8>& picture, int side) {
  const PictureSize size = longest_side_size({picture.width, picture.height}, side);
  const Image<Rgb8> resized = resize_antialiased(picture, size.width, size.height);
  at::Tensor input = at::zeros({1, 3, side, side}, at::kFloat);
  auto* const values = input.data_ptr<float>();
  const std::ptrdiff_t plane = std::ptrdiff_t{side} * side;
  for (int y = 0; y < size.height; ++y) {
    float* const row = values + std::ptrdiff_t{y} * side;
    const Rgb8* const pixels = resized.row(y);
    for (int x = 0; x < size.width; ++x) {
      const std::array<std::uint8_t, 3> rgb = {pixels[x].r, pixels[x].g, pixels[x].b};
      for (std::size_t c = 0; c < 3; ++c) {
        row[static_cast<std::ptrdiff_t>(c) * plane + x] =
            (static_cast<float>(rgb[c]) - kMean[c]) / kDeviation[c];
      }
    }
  }
  return input;
}

}  // namespace sam6d
