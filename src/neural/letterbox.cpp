#include "neural/letterbox.hpp"

#include <algorithm>
#include <cmath>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

#include "base/fail.hpp"

namespace sam6d {
namespace {

constexpr int kMultiple = 32;
constexpr int kMostSide = 8192;
constexpr std::uint8_t kGrey = 114;

/// Half of a border before and after the picture; an odd pixel comes after it.
int border_before(int border) { return static_cast<int>(std::lrint(border / 2.0 - 0.1)); }

}  // namespace

Letterbox letterbox_of(int width, int height, int side) {
  if (width <= 0 || height <= 0) {
    fail(ErrorCode::kInvalidArgument, "letterbox: expected a picture, found one of {} x {} pixels",
         width, height);
  }
  if (side <= 0 || side > kMostSide || side % kMultiple != 0) {
    fail(ErrorCode::kInvalidArgument,
         "letterbox: side: expected a multiple of {}, at most {}, found {}", kMultiple, kMostSide,
         side);
  }
  const double scale =
      std::min(static_cast<double>(side) / height, static_cast<double>(side) / width);
  // lrint rounds halves to even, as the original does.
  const auto scaled = [&](int length) {
    return std::clamp(static_cast<int>(std::lrint(length * scale)), 1, side);
  };
  Letterbox box;
  box.inner_width = scaled(width);
  box.inner_height = scaled(height);
  const int across = (side - box.inner_width) % kMultiple;
  const int down = (side - box.inner_height) % kMultiple;
  box.left = border_before(across);
  box.top = border_before(down);
  box.width = box.inner_width + across;
  box.height = box.inner_height + down;
  return box;
}

Image<Rgb8> letterboxed(const ImageView<Rgb8>& picture, const Letterbox& letterbox) {
  Image<Rgb8> result(letterbox.width, letterbox.height, Rgb8{kGrey, kGrey, kGrey});
  cv::Mat whole(letterbox.height, letterbox.width, CV_8UC3, result.data());
  cv::Mat inner =
      whole(cv::Rect(letterbox.left, letterbox.top, letterbox.inner_width, letterbox.inner_height));
  // OpenCV has no views of constant pixels; these are only read.
  const cv::Mat source(picture.height, picture.width, CV_8UC3, const_cast<Rgb8*>(picture.data),
                       static_cast<std::size_t>(picture.row_stride_bytes));
  if (source.size() == inner.size()) {
    source.copyTo(inner);
  } else {
    cv::resize(source, inner, inner.size(), 0, 0, cv::INTER_LINEAR);
  }
  return result;
}

}  // namespace sam6d
