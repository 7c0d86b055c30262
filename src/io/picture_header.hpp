#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace sam6d {

/// What a picture file says about itself before any pixel is decoded.
struct PictureHeader {
  enum class Format { kPng, kJpeg, kTiff };
  Format format = Format::kPng;
  int width = 0;
  int height = 0;
  int channels = 0;  ///< 1 grey, 2 grey and alpha, 3 colour (palettes too), 4 colour and alpha
  int bits = 0;      ///< of a channel
  bool is_float = false;
};

inline constexpr int kMaxPictureSide = 16384;
inline constexpr long long kMaxPicturePixels = 1LL << 26U;

/// Reads the header of a PNG, JPEG or TIFF file and checks that the file is whole: a PNG's chunks
/// with their checksums up to IEND, a JPEG's segments up to its end marker. Throws Error(kBadFile),
/// naming `source`, for another format, a file that ends early, or more than kMaxPicturePixels.
[[nodiscard]] PictureHeader read_picture_header(std::span<const std::byte> file,
                                                const std::string& source);

/// The PNG without the chunks that do not say what the pixels are (profiles, gamma, text): no
/// decoder can fall over them or change the values by them. Expects a file that
/// read_picture_header() took.
[[nodiscard]] std::vector<std::byte> png_pixels_only(std::span<const std::byte> file);

}  // namespace sam6d
