#include "io/picture_decoding.hpp"

#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/imgcodecs.hpp>

#include "base/fail.hpp"
#include "io/depth_units.hpp"
#include "io/picture_header.hpp"

namespace sam6d {
namespace {

std::string describe(const PictureHeader& header) {
  return fmt::format("{} channel{} of {} bits{}", header.channels, header.channels == 1 ? "" : "s",
                     header.bits, header.is_float ? " floating point" : "");
}

/// Decodes a file whose header was read. The matrix has the channels of the file (in OpenCV's
/// order: blue, green, red, alpha; grey with alpha becomes four channels).
cv::Mat decode(std::span<const std::byte> file, const PictureHeader& header,
               const std::string& source) {
  std::vector<std::byte> stripped;
  if (header.format == PictureHeader::Format::kPng) {
    stripped = png_pixels_only(file);
    file = stripped;
  }
  cv::Mat picture;
  try {
    // OpenCV only reads from the bytes.
    const cv::Mat bytes(1, static_cast<int>(file.size()), CV_8UC1,
                        const_cast<std::byte*>(file.data()));
    picture = cv::imdecode(bytes, cv::IMREAD_UNCHANGED);
  } catch (const cv::Exception& error) {
    fail(ErrorCode::kBadFile, "{}: cannot be decoded: {}", source, error.err);
  }
  if (picture.empty()) {
    fail(ErrorCode::kBadFile, "{}: expected a whole picture, found damaged pixel data", source);
  }
  if (picture.cols != header.width || picture.rows != header.height) {
    fail(ErrorCode::kBadFile, "{}: expected {} x {} pixels as its header says, found {} x {}",
         source, header.width, header.height, picture.cols, picture.rows);
  }
  return picture;
}

/// Decodes a picture after `check` has agreed to its header.
template <class Check>
cv::Mat decode_checked(std::span<const std::byte> file, const std::string& source,
                       const Check& check) {
  const PictureHeader header = read_picture_header(file, source);
  check(header);
  return decode(file, header, source);
}

/// Channel of a pixel that holds red.
int red_channel(int channels) { return channels >= 3 ? 2 : 0; }

template <class T>
Image<float> to_metres(const cv::Mat& pixels, double metres_per_value) {
  Image<float> depth_m(pixels.cols, pixels.rows);
  for (int y = 0; y < pixels.rows; ++y) {
    const T* const from = pixels.ptr<T>(y);
    for (int x = 0; x < pixels.cols; ++x) {
      depth_m(x, y) = depth_in_metres(static_cast<double>(from[x]), metres_per_value);
    }
  }
  return depth_m;
}

}  // namespace

Image<Rgb8> decode_rgb(std::span<const std::byte> file, const std::string& source,
                       GreyPictures grey) {
  const cv::Mat pixels = decode_checked(file, source, [&](const PictureHeader& header) {
    const bool channels_fit = header.channels >= 3 || grey == GreyPictures::kExpand;
    if (!channels_fit || header.bits != 8 || header.is_float) {
      fail(ErrorCode::kBadFile, "{}: expected a colour picture of 3 channels of 8 bits, found {}",
           source, describe(header));
    }
  });
  if (pixels.depth() != CV_8U) {
    fail(ErrorCode::kBadFile, "{}: expected channels of 8 bits, found others", source);
  }
  const int channels = pixels.channels();
  const int red = red_channel(channels);
  const int green = channels >= 3 ? 1 : 0;
  Image<Rgb8> picture(pixels.cols, pixels.rows);
  for (int y = 0; y < pixels.rows; ++y) {
    const std::uint8_t* from = pixels.ptr(y);
    for (int x = 0; x < pixels.cols; ++x, from += channels) {
      picture(x, y) = {from[red], from[green], from[0]};
    }
  }
  return picture;
}

Image<float> decode_depth(std::span<const std::byte> file, const std::string& source,
                          double metres_per_value) {
  const cv::Mat pixels = decode_checked(file, source, [&](const PictureHeader& header) {
    const bool integers = header.bits == 16 && !header.is_float;
    const bool floats = header.bits == 32 && header.is_float;
    if (header.channels != 1 || !(integers || floats)) {
      fail(ErrorCode::kBadFile, "{}: expected a depth picture of 1 channel of 16 bits, found {}{}",
           source, describe(header),
           header.bits == 8 ? " (8-bit pictures of depth are for people, not measurements)" : "");
    }
  });
  switch (pixels.type()) {
    case CV_16UC1: return to_metres<std::uint16_t>(pixels, metres_per_value);
    case CV_32FC1: return to_metres<float>(pixels, metres_per_value);
    default:
      fail(ErrorCode::kBadFile, "{}: expected 16-bit integers or 32-bit floats, found others",
           source);
  }
}

Image<std::uint8_t> decode_mask(std::span<const std::byte> file, const std::string& source) {
  const cv::Mat pixels = decode_checked(file, source, [&](const PictureHeader& header) {
    if (header.bits > 8 || header.is_float) {
      fail(ErrorCode::kBadFile, "{}: expected a mask of 1 channel of 8 bits, found {}", source,
           describe(header));
    }
  });
  if (pixels.depth() != CV_8U) {
    fail(ErrorCode::kBadFile, "{}: expected a mask of 8 bits, found another depth", source);
  }
  const int channels = pixels.channels();
  const int compared = channels >= 3 ? 3 : 1;
  Image<std::uint8_t> mask(pixels.cols, pixels.rows);
  for (int y = 0; y < pixels.rows; ++y) {
    const std::uint8_t* from = pixels.ptr(y);
    for (int x = 0; x < pixels.cols; ++x, from += channels) {
      for (int c = 1; c < compared; ++c) {
        if (from[c] != from[0]) {
          fail(ErrorCode::kBadFile, "{}: expected a mask of 1 channel, found a coloured picture",
               source);
        }
      }
      mask(x, y) = from[0] != 0 ? 255 : 0;
    }
  }
  return mask;
}

}  // namespace sam6d
