/// Pictures that come as cv::Mat, as from a camera driver, and a drawing of the result.
///   embed_opencv rgb.png depth.png fx fy cx cy object.s6d overlay.png
/// The depth picture holds millimetres; `sam6d onboard` makes the object file.

#include <cstdlib>
#include <exception>
#include <iostream>
#include <stdexcept>
#include <vector>

#include <opencv2/imgcodecs.hpp>

#include <sam6d/io.hpp>
#include <sam6d/opencv.hpp>
#include <sam6d/sam6d.hpp>
#include <sam6d/viz.hpp>

namespace {

constexpr double kMetresPerMillimetre = 0.001;

cv::Mat read_picture(const char* file, int flags) {
  cv::Mat picture = cv::imread(file, flags);
  if (picture.empty()) throw std::runtime_error(std::string(file) + ": no picture");
  return picture;
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 9) {
    std::cerr << "usage: embed_opencv rgb.png depth.png fx fy cx cy object.s6d overlay.png\n";
    return 2;
  }
  const auto rgb = sam6d::to_rgb_image(read_picture(argv[1], cv::IMREAD_COLOR));
  const auto depth_m =
      sam6d::to_depth_image(read_picture(argv[2], cv::IMREAD_UNCHANGED), kMetresPerMillimetre);
  const sam6d::CameraIntrinsics camera{std::atof(argv[3]), std::atof(argv[4]), std::atof(argv[5]),
                                       std::atof(argv[6]), rgb.width(),        rgb.height()};
  const sam6d::Frame frame{rgb.view(), depth_m.view(), camera, std::nullopt};
  const std::vector objects = {sam6d::load_bundle(argv[7])};

  const auto result = sam6d::Pipeline().run(frame, objects);
  const auto overlay = sam6d::draw_poses(frame.rgb, camera, objects, result.poses);
  if (!cv::imwrite(argv[8], sam6d::to_bgr_mat(overlay.view()))) {
    throw std::runtime_error(std::string(argv[8]) + ": cannot be written");
  }
  std::cout << result.detections.size() << " found in " << result.total_seconds << " s\n";
} catch (const std::exception& error) {
  std::cerr << "error: " << error.what() << "\n";
  return 1;
}
