#include "sam6d/image_io.hpp"

#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <opencv2/imgcodecs.hpp>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "io/depth_units.hpp"
#include "io/picture_header.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxPictureBytes = std::uint64_t{256} << 20U;

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

struct LoadedPicture {
  PictureHeader header;
  cv::Mat pixels;
};

/// Reads a picture after `check` has agreed to its header.
template <class Check>
LoadedPicture load_picture(const fs::path& path, const Check& check) {
  const std::vector<std::byte> file = read_file(path, kMaxPictureBytes);
  const PictureHeader header = read_picture_header(file, path.string());
  check(header);
  return {header, decode(file, header, path.string())};
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

template <class T>
void encode_png(const fs::path& path, const ImageView<T>& picture, int type) {
  if (picture.empty()) {
    fail(ErrorCode::kInvalidArgument, "{}: expected a picture to write, found an empty one",
         path.string());
  }
  std::vector<std::uint8_t> bytes;
  try {
    cv::Mat pixels(picture.height, picture.width, type);
    const int channels = pixels.channels();
    for (int y = 0; y < picture.height; ++y) {
      if constexpr (std::is_same_v<T, Rgb8>) {
        std::uint8_t* to = pixels.ptr(y);
        for (const Rgb8& color :
             std::span(picture.row(y), static_cast<std::size_t>(picture.width))) {
          to[0] = color.b;
          to[1] = color.g;
          to[2] = color.r;
          to += channels;
        }
      } else {
        std::copy(picture.row(y), picture.row(y) + picture.width, pixels.ptr<T>(y));
      }
    }
    if (!cv::imencode(".png", pixels, bytes)) bytes.clear();
  } catch (const cv::Exception& error) {
    fail(ErrorCode::kWriteFailed, "{}: cannot be encoded: {}", path.string(), error.err);
  }
  if (bytes.empty()) fail(ErrorCode::kWriteFailed, "{}: cannot be encoded", path.string());
  write_file(path, std::as_bytes(std::span(bytes)));
}

}  // namespace

Image<Rgb8> load_rgb(const fs::path& path, GreyPictures grey) {
  const LoadedPicture loaded = load_picture(path, [&](const PictureHeader& header) {
    const bool channels_fit = header.channels >= 3 || grey == GreyPictures::kExpand;
    if (!channels_fit || header.bits != 8 || header.is_float) {
      fail(ErrorCode::kBadFile, "{}: expected a colour picture of 3 channels of 8 bits, found {}",
           path.string(), describe(header));
    }
  });
  const cv::Mat& pixels = loaded.pixels;
  if (pixels.depth() != CV_8U) {
    fail(ErrorCode::kBadFile, "{}: expected channels of 8 bits, found others", path.string());
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

Image<float> load_depth(const fs::path& path, double depth_scale) {
  const double metres_per_value = metres_per_depth_value(depth_scale, path.string());
  if (path.extension() == ".npy") return load_depth_npy(path, metres_per_value);
  const LoadedPicture loaded = load_picture(path, [&](const PictureHeader& header) {
    const bool integers = header.bits == 16 && !header.is_float;
    const bool floats = header.bits == 32 && header.is_float;
    if (header.channels != 1 || !(integers || floats)) {
      fail(ErrorCode::kBadFile, "{}: expected a depth picture of 1 channel of 16 bits, found {}{}",
           path.string(), describe(header),
           header.bits == 8 ? " (8-bit pictures of depth are for people, not measurements)" : "");
    }
  });
  switch (loaded.pixels.type()) {
    case CV_16UC1: return to_metres<std::uint16_t>(loaded.pixels, metres_per_value);
    case CV_32FC1: return to_metres<float>(loaded.pixels, metres_per_value);
    default:
      fail(ErrorCode::kBadFile, "{}: expected 16-bit integers or 32-bit floats, found others",
           path.string());
  }
}

Image<std::uint8_t> load_mask(const fs::path& path) {
  const LoadedPicture loaded = load_picture(path, [&](const PictureHeader& header) {
    if (header.bits > 8 || header.is_float) {
      fail(ErrorCode::kBadFile, "{}: expected a mask of 1 channel of 8 bits, found {}",
           path.string(), describe(header));
    }
  });
  const cv::Mat& pixels = loaded.pixels;
  if (pixels.depth() != CV_8U) {
    fail(ErrorCode::kBadFile, "{}: expected a mask of 8 bits, found another depth", path.string());
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
               path.string());
        }
      }
      mask(x, y) = from[0] != 0 ? 255 : 0;
    }
  }
  return mask;
}

void save_png(const fs::path& path, const ImageView<Rgb8>& picture) {
  encode_png(path, picture, CV_8UC3);
}

void save_png(const fs::path& path, const ImageView<std::uint8_t>& picture) {
  encode_png(path, picture, CV_8UC1);
}

void save_png(const fs::path& path, const ImageView<std::uint16_t>& picture) {
  encode_png(path, picture, CV_16UC1);
}

void save_depth(const fs::path& path, const ImageView<float>& depth_m, double depth_scale) {
  const double metres_per_value = metres_per_depth_value(depth_scale, path.string());
  Image<std::uint16_t> values(depth_m.width, depth_m.height);
  std::int64_t too_far = 0;
  for (int y = 0; y < depth_m.height; ++y) {
    for (int x = 0; x < depth_m.width; ++x) {
      const double value = std::round(static_cast<double>(depth_m.at(x, y)) / metres_per_value);
      if (!std::isfinite(value) || value <= 0) continue;
      if (value > 65535) {
        ++too_far;
      } else {
        values(x, y) = static_cast<std::uint16_t>(value);
      }
    }
  }
  if (too_far > 0) {
    log_warning("{}: {} pixels are farther than {:.3f} m and were written as no depth",
                path.string(), too_far, 65535 * metres_per_value);
  }
  save_png(path, values.view());
}

}  // namespace sam6d
