#include "neural/sam_frame.hpp"

#include <algorithm>
#include <cstddef>

#include <opencv2/core.hpp>
#include <opencv2/imgproc.hpp>

namespace sam6d {

PictureSize working_size(const PictureSize& picture, int width) {
  const double height = static_cast<double>(width) * picture.height / picture.width;
  if (height > kMostWorkingRows) {
    const double scale = static_cast<double>(kMostWorkingRows) / picture.height;
    return {std::max(1, static_cast<int>(scale * picture.width)), kMostWorkingRows};
  }
  return {width, std::max(1, static_cast<int>(height))};
}

PictureSize longest_side_size(const PictureSize& picture, int side) {
  const double scale = side * 1.0 / std::max(picture.width, picture.height);
  const auto scaled = [&](int length) {
    return std::max(1, static_cast<int>(length * scale + 0.5));
  };
  return {scaled(picture.width), scaled(picture.height)};
}

Image<Rgb8> resize_bilinear(const ImageView<Rgb8>& picture, const PictureSize& size) {
  if (size == PictureSize{picture.width, picture.height}) return Image<Rgb8>(picture);
  Image<Rgb8> result(size.width, size.height);
  // OpenCV only reads the source.
  const cv::Mat from(picture.height, picture.width, CV_8UC3, const_cast<Rgb8*>(picture.data),
                     static_cast<std::size_t>(picture.row_stride_bytes));
  cv::Mat to(size.height, size.width, CV_8UC3, result.data());
  cv::resize(from, to, to.size(), 0, 0, cv::INTER_LINEAR);
  return result;
}

}  // namespace sam6d
