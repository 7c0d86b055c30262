#include "io/mesh_textures.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <opencv2/imgcodecs.hpp>
#include <opencv2/imgproc.hpp>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "io/byte_reader.hpp"
#include "io/picture_header.hpp"

namespace sam6d {
namespace {

bool is_bmp(std::span<const std::byte> file) {
  return file.size() >= 26 && file[0] == std::byte{'B'} && file[1] == std::byte{'M'};
}

/// The size stands in the header, the height being negative for rows from the top down.
void check_bmp_size(std::span<const std::byte> file, const std::string& source) {
  const auto width = static_cast<std::int32_t>(little_endian(file, 18, 4));
  const std::int64_t height = static_cast<std::int32_t>(little_endian(file, 22, 4));
  if (width < 1 || width > kMaxPictureSide || height == 0 || std::abs(height) > kMaxPictureSide ||
      width * std::abs(height) > kMaxPicturePixels) {
    fail(ErrorCode::kBadFile, "{}: expected a picture of 1..{} pixels a side, found {} x {}",
         source, kMaxPictureSide, width, std::abs(height));
  }
}

}  // namespace

Image<Rgb8> decode_texture(std::span<const std::byte> file, const std::string& source,
                           int max_side_px) {
  std::vector<std::byte> stripped;
  if (is_bmp(file)) {
    check_bmp_size(file, source);
  } else if (read_picture_header(file, source).format == PictureHeader::Format::kPng) {
    stripped = png_pixels_only(file);
    file = stripped;
  }
  try {
    // OpenCV only reads from the bytes.
    const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8UC1,
                        const_cast<std::byte*>(file.data()));
    cv::Mat picture = cv::imdecode(bytes, cv::IMREAD_COLOR | cv::IMREAD_IGNORE_ORIENTATION);
    if (picture.empty()) {
      fail(ErrorCode::kBadFile, "{}: expected a whole picture, found damaged pixel data", source);
    }
    const int side = std::max(picture.cols, picture.rows);
    if (side > max_side_px) {
      const double scale = static_cast<double>(max_side_px) / side;
      const cv::Size size(std::max(1, cvRound(scale * picture.cols)),
                          std::max(1, cvRound(scale * picture.rows)));
      log_info("{}: texture of {} x {} pixels shrunk to {} x {}", source, picture.cols,
               picture.rows, size.width, size.height);
      cv::Mat small;
      cv::resize(picture, small, size, 0, 0, cv::INTER_AREA);
      picture = small;
    }
    Image<Rgb8> texture(picture.cols, picture.rows);
    for (int y = 0; y < picture.rows; ++y) {
      const std::uint8_t* from = picture.ptr(y);
      for (int x = 0; x < picture.cols; ++x, from += 3) {
        texture(x, y) = {from[2], from[1], from[0]};
      }
    }
    return texture;
  } catch (const cv::Exception& error) {
    fail(ErrorCode::kBadFile, "{}: cannot be decoded: {}", source, error.err);
  }
}

}  // namespace sam6d
