#include "sam6d/opencv.hpp"

#include <doctest/doctest.h>

namespace sam6d {
namespace {

std::string message_of(const auto& call) {
  try {
    call();
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kInvalidArgument);
    return error.what();
  }
  return {};
}

TEST_CASE("a view shows the matrix's own pixels, also of a part of a larger one") {
  cv::Mat whole(6, 8, CV_32FC1, cv::Scalar(0));
  const cv::Mat part = whole(cv::Rect(2, 1, 4, 3));
  const ImageView<float> view = view_of<float>(part);
  CHECK(view.width == 4);
  CHECK(view.height == 3);
  whole.at<float>(3, 5) = 7.0F;
  CHECK(view.at(3, 2) == 7.0F);
  CHECK(view.row_stride_bytes == 8 * static_cast<std::ptrdiff_t>(sizeof(float)));
}

TEST_CASE("views of every pixel type") {
  cv::Mat rgb(2, 2, CV_8UC3, cv::Scalar(10, 20, 30));
  CHECK(view_of<Rgb8>(rgb).at(1, 1) == Rgb8{10, 20, 30});
  CHECK(view_of<std::uint8_t>(cv::Mat(2, 2, CV_8UC1, cv::Scalar(9))).width == 2);
  CHECK(view_of<std::uint16_t>(cv::Mat(2, 3, CV_16UC1, cv::Scalar(900))).width == 3);
  CHECK(view_of<std::int32_t>(cv::Mat(2, 3, CV_32SC1, cv::Scalar(-1))).height == 2);
  cv::Mat xyz(1, 1, CV_32FC3, cv::Scalar(1, 2, 3));
  CHECK(view_of<Eigen::Vector3f>(xyz).at(0, 0) == Eigen::Vector3f(1, 2, 3));
}

TEST_CASE("a wrong type is refused with both types named") {
  const cv::Mat mat(2, 2, CV_16UC1, cv::Scalar(0));
  const std::string message = message_of([&] { (void)view_of<float>(mat); });
  CHECK(message.find("1 channel of 32-bit float") != std::string::npos);
  CHECK(message.find("1 channel of 16-bit unsigned") != std::string::npos);
  CHECK(message_of([] { (void)view_of<float>(cv::Mat()); }).find("empty") != std::string::npos);
  const int sizes[] = {2, 2, 2};
  CHECK(!message_of([&] { (void)view_of<float>(cv::Mat(3, sizes, CV_32FC1)); }).empty());
}

TEST_CASE("pictures as cv::imread gives them become red-green-blue") {
  CHECK(to_rgb_image(cv::Mat(1, 1, CV_8UC3, cv::Scalar(1, 2, 3)))(0, 0) == Rgb8{3, 2, 1});
  CHECK(to_rgb_image(cv::Mat(1, 1, CV_8UC4, cv::Scalar(1, 2, 3, 4)))(0, 0) == Rgb8{3, 2, 1});
  CHECK(to_rgb_image(cv::Mat(1, 1, CV_8UC1, cv::Scalar(5)))(0, 0) == Rgb8{5, 5, 5});
  CHECK(!message_of([] { (void)to_rgb_image(cv::Mat()); }).empty());
  CHECK(!message_of([] { (void)to_rgb_image(cv::Mat(1, 1, CV_16UC3)); }).empty());
  CHECK(!message_of([] { (void)to_rgb_image(cv::Mat(1, 1, CV_8UC2)); }).empty());
}

TEST_CASE("depth becomes metres") {
  constexpr float kRounding_m = 1e-6F;
  const Image<float> from_mm = to_depth_image(cv::Mat(1, 2, CV_16UC1, cv::Scalar(1500)), 0.001);
  CHECK(std::abs(from_mm(1, 0) - 1.5F) < kRounding_m);
  const Image<float> from_m = to_depth_image(cv::Mat(1, 2, CV_32FC1, cv::Scalar(0.75)), 1.0);
  CHECK(std::abs(from_m(0, 0) - 0.75F) < kRounding_m);
  CHECK(!message_of([] { (void)to_depth_image(cv::Mat(1, 1, CV_8UC1), 0.001); }).empty());
  CHECK(!message_of([] { (void)to_depth_image(cv::Mat(1, 1, CV_16UC1), 0.0); }).empty());
}

TEST_CASE("there and back again") {
  Image<Rgb8> image(3, 2, Rgb8{1, 2, 3});
  image(2, 1) = Rgb8{200, 100, 50};
  const Image<Rgb8> back = to_rgb_image(to_bgr_mat(image.view()));
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 3; ++x) CHECK(back(x, y) == image(x, y));
  }
  mat_over(image).at<cv::Vec3b>(0, 1) = cv::Vec3b(7, 8, 9);
  CHECK(image(1, 0) == Rgb8{7, 8, 9});
  Image<Rgb8> none;
  CHECK(!message_of([&] { (void)mat_over(none); }).empty());
  CHECK(!message_of([&] { (void)to_bgr_mat({}); }).empty());
}

}  // namespace
}  // namespace sam6d
