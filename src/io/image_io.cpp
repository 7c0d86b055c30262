#include "sam6d/image_io.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <vector>

#include <opencv2/imgcodecs.hpp>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "io/depth_units.hpp"
#include "io/picture_decoding.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMaxPictureBytes = std::uint64_t{256} << 20U;

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
  return decode_rgb(read_file(path, kMaxPictureBytes), path.string(), grey);
}

Image<float> load_depth(const fs::path& path, double depth_scale) {
  const double metres_per_value = metres_per_depth_value(depth_scale, path.string());
  if (path.extension() == ".npy") return load_depth_npy(path, metres_per_value);
  return decode_depth(read_file(path, kMaxPictureBytes), path.string(), metres_per_value);
}

Image<std::uint8_t> load_mask(const fs::path& path) {
  return decode_mask(read_file(path, kMaxPictureBytes), path.string());
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
