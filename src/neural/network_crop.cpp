#include "neural/network_crop.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace sam6d {
namespace {

/// Where a range of `side` about `centre` begins, shifted into 0 .. size where it fits.
int start_of(int centre, int side, int size) {
  const int start = centre - side / 2;
  return side > size ? start : std::clamp(start, 0, size - side);
}

}  // namespace

Box crop_box(const Box& extent, int picture_width, int picture_height, bool reference_quirks) {
  const int longer = std::max(extent.width(), extent.height());
  const int side = reference_quirks
                       ? std::max(2, std::min({longer, picture_width, picture_height}) / 2 * 2)
                       : (longer + 1) / 2 * 2;
  const int x0 = start_of((extent.x0 + extent.x1) / 2, side, picture_width);
  const int y0 = start_of((extent.y0 + extent.y1) / 2, side, picture_height);
  return {x0, y0, x0 + side, y0 + side};
}

std::int32_t resized_pixel(int row, int column, int side) {
  const double ratio = static_cast<double>(kNetworkSide) / side;
  return static_cast<std::int32_t>(std::floor(row * ratio)) * kNetworkSide +
         static_cast<std::int32_t>(std::floor(column * ratio));
}

NetworkCrop network_crop(const MaskedCrop& crop, std::span<const std::int32_t> choice) {
  NetworkCrop result;
  const int side = crop.box_px.width();
  cv::Mat bgr(side, side, CV_8UC3);
  for (int y = 0; y < side; ++y) {
    const Rgb8* const from = crop.rgb.row(y);
    std::uint8_t* to = bgr.ptr<std::uint8_t>(y);
    for (int x = 0; x < side; ++x, to += 3) {
      to[0] = from[x].b;
      to[1] = from[x].g;
      to[2] = from[x].r;
    }
  }
  result.bgr.resize(std::size_t{3} * kNetworkSide * kNetworkSide);
  cv::Mat resized(kNetworkSide, kNetworkSide, CV_8UC3, result.bgr.data());
  cv::resize(bgr, resized, resized.size(), 0, 0, cv::INTER_LINEAR);

  result.pixels.reserve(choice.size());
  result.points_m.reserve(choice.size());
  for (const std::int32_t chosen : choice) {
    const auto index = static_cast<std::size_t>(chosen);
    const std::int32_t pixel = crop.pixels[index];
    result.pixels.push_back(resized_pixel(pixel / side, pixel % side, side));
    result.points_m.push_back(crop.points_m[index]);
  }
  return result;
}

}  // namespace sam6d
