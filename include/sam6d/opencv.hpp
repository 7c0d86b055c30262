#pragma once

/// Opt-in and header-only: sam6d's pictures and OpenCV's. It alone of the public headers needs
/// OpenCV (core).

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>

#include <Eigen/Core>
#include <opencv2/core.hpp>

#include "sam6d/error.hpp"
#include "sam6d/image.hpp"

namespace sam6d {

namespace opencv_detail {

template <class T>
inline constexpr int kMatType = -1;
template <>
inline constexpr int kMatType<Rgb8> = CV_8UC3;
template <>
inline constexpr int kMatType<std::uint8_t> = CV_8UC1;
template <>
inline constexpr int kMatType<std::uint16_t> = CV_16UC1;
template <>
inline constexpr int kMatType<std::int32_t> = CV_32SC1;
template <>
inline constexpr int kMatType<float> = CV_32FC1;
template <>
inline constexpr int kMatType<Eigen::Vector3f> = CV_32FC3;

/// "3 channels of 8-bit unsigned"
inline std::string type_name(int type) {
  constexpr const char* kDepths[] = {"8-bit unsigned", "8-bit signed",  "16-bit unsigned",
                                     "16-bit signed",  "32-bit signed", "32-bit float",
                                     "64-bit float",   "16-bit float"};
  const int channels = CV_MAT_CN(type);
  return std::to_string(channels) + (channels == 1 ? " channel of " : " channels of ") +
         kDepths[CV_MAT_DEPTH(type)];
}

/// Throws Error(kInvalidArgument) unless the matrix is a picture of the given type.
inline void require_picture(const cv::Mat& mat, int type, const char* expected) {
  const std::string start = std::string("cv::Mat: expected ") + expected + ", found ";
  if (mat.empty()) throw Error(ErrorCode::kInvalidArgument, start + "an empty matrix");
  if (mat.dims != 2) {
    throw Error(ErrorCode::kInvalidArgument,
                start + "a matrix of " + std::to_string(mat.dims) + " dimensions");
  }
  if (mat.type() != type) throw Error(ErrorCode::kInvalidArgument, start + type_name(mat.type()));
}

}  // namespace opencv_detail

/// The pixels of a matrix, not copied: the matrix must outlive the view. T is Rgb8, std::uint8_t,
/// std::uint16_t, std::int32_t, float or Eigen::Vector3f, and the matrix must have its type.
///
/// For Rgb8 the matrix must hold red first. What cv::imread and cv::VideoCapture give holds blue
/// first: use to_rgb_image(). Throws Error(kInvalidArgument) for another type or an empty matrix.
template <class T>
[[nodiscard]] ImageView<T> view_of(const cv::Mat& mat) {
  constexpr int kType = opencv_detail::kMatType<T>;
  static_assert(kType >= 0, "no picture type of sam6d");
  opencv_detail::require_picture(mat, kType, opencv_detail::type_name(kType).c_str());
  return {mat.ptr<T>(), mat.cols, mat.rows, static_cast<std::ptrdiff_t>(mat.step[0])};
}

/// Copies a picture as cv::imread gives it: 8-bit blue-green-red, blue-green-red-alpha (the alpha
/// is dropped) or grey. Throws Error(kInvalidArgument) for anything else.
[[nodiscard]] inline Image<Rgb8> to_rgb_image(const cv::Mat& bgr) {
  const int channels = bgr.channels();
  const bool known = channels == 1 || channels == 3 || channels == 4;
  opencv_detail::require_picture(bgr, known ? CV_MAKETYPE(CV_8U, channels) : CV_8UC3,
                                 "8-bit unsigned pixels of 1, 3 or 4 channels");
  Image<Rgb8> image(bgr.cols, bgr.rows);
  for (int y = 0; y < bgr.rows; ++y) {
    const std::uint8_t* from = bgr.ptr<std::uint8_t>(y);
    Rgb8* to = image.row(y);
    for (int x = 0; x < bgr.cols; ++x, from += channels) {
      to[x] = channels == 1 ? Rgb8{from[0], from[0], from[0]} : Rgb8{from[2], from[1], from[0]};
    }
  }
  return image;
}

/// Copies a depth picture to metres: 16-bit values or floats, times `metres_per_unit` (0.001 for
/// millimetres). Throws Error(kInvalidArgument) for another type.
[[nodiscard]] inline Image<float> to_depth_image(const cv::Mat& depth, double metres_per_unit) {
  const bool is_float = depth.type() == CV_32FC1;
  opencv_detail::require_picture(depth, is_float ? CV_32FC1 : CV_16UC1,
                                 "1 channel of 16-bit unsigned or 32-bit float");
  if (!(metres_per_unit > 0)) {
    throw Error(ErrorCode::kInvalidArgument, "metres_per_unit: expected a positive number, found " +
                                                 std::to_string(metres_per_unit));
  }
  Image<float> image(depth.cols, depth.rows);
  for (int y = 0; y < depth.rows; ++y) {
    for (int x = 0; x < depth.cols; ++x) {
      const double value = is_float ? static_cast<double>(depth.at<float>(y, x))
                                    : static_cast<double>(depth.at<std::uint16_t>(y, x));
      image(x, y) = static_cast<float>(value * metres_per_unit);
    }
  }
  return image;
}

/// A matrix over the pixels of an image, not copied: the image must outlive the matrix. Rgb8 holds
/// red first; see to_bgr_mat().
template <class T>
[[nodiscard]] cv::Mat mat_over(Image<T>& image) {
  constexpr int kType = opencv_detail::kMatType<T>;
  static_assert(kType >= 0, "no picture type of sam6d");
  if (image.empty()) throw Error(ErrorCode::kInvalidArgument, "image: expected pixels, found none");
  return {image.height(), image.width(), kType, image.data()};
}

/// Copies a picture to what cv::imwrite and cv::imshow want: 8-bit blue-green-red.
[[nodiscard]] inline cv::Mat to_bgr_mat(const ImageView<Rgb8>& rgb) {
  if (rgb.empty()) throw Error(ErrorCode::kInvalidArgument, "rgb: expected pixels, found none");
  cv::Mat bgr(rgb.height, rgb.width, CV_8UC3);
  for (int y = 0; y < rgb.height; ++y) {
    const Rgb8* from = rgb.row(y);
    std::uint8_t* to = bgr.ptr<std::uint8_t>(y);
    for (int x = 0; x < rgb.width; ++x, to += 3) {
      to[0] = from[x].b;
      to[1] = from[x].g;
      to[2] = from[x].r;
    }
  }
  return bgr;
}

}  // namespace sam6d
