#include "io/picture_header.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

#include "base/fail.hpp"
#include "io/byte_reader.hpp"

namespace sam6d {
namespace {

constexpr std::array<std::uint8_t, 8> kPngSignature = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
/// A deflate stream cannot shrink data by more than this factor (zlib, technical details).
constexpr std::uint64_t kMaxDeflateRatio = 1032;

constexpr std::array<std::uint32_t, 256> crc_table() {
  std::array<std::uint32_t, 256> table{};
  for (std::uint32_t i = 0; i < 256; ++i) {
    std::uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) {
      value = (value & 1U) != 0 ? 0xedb88320U ^ (value >> 1U) : value >> 1U;
    }
    table[i] = value;
  }
  return table;
}

/// The checksum of PNG chunks (PNG specification, annex D).
std::uint32_t crc32(std::span<const std::byte> bytes) {
  static constexpr std::array<std::uint32_t, 256> kTable = crc_table();
  std::uint32_t crc = 0xffffffffU;
  for (const std::byte byte : bytes) {
    crc = kTable[(crc ^ std::to_integer<std::uint32_t>(byte)) & 0xffU] ^ (crc >> 8U);
  }
  return ~crc;
}

bool starts_with(std::span<const std::byte> file, std::span<const std::uint8_t> prefix) {
  return file.size() >= prefix.size() &&
         std::equal(prefix.begin(), prefix.end(), file.begin(),
                    [](std::uint8_t a, std::byte b) { return std::byte{a} == b; });
}

[[noreturn]] void ends_early(const std::string& source, std::size_t size) {
  fail(ErrorCode::kBadFile, "{}: expected a whole picture, found a file cut off after {} bytes",
       source, size);
}

[[noreturn]] void damaged(const std::string& source, const std::string& what) {
  fail(ErrorCode::kBadFile, "{}: expected a whole picture, found {}", source, what);
}

void check_size(std::uint32_t width, std::uint32_t height, const std::string& source) {
  if (width < 1 || height < 1 || width > kMaxPictureSide || height > kMaxPictureSide ||
      static_cast<long long>(width) * height > kMaxPicturePixels) {
    fail(ErrorCode::kBadFile,
         "{}: expected a picture of 1..{} pixels a side and at most {} pixels, found {} x {}",
         source, kMaxPictureSide, kMaxPicturePixels, width, height);
  }
}

/// One chunk of a PNG file.
struct PngChunk {
  std::string_view type;
  std::span<const std::byte> data;
  std::span<const std::byte> whole;  ///< length and checksum included
};

/// The chunk at `at`, its checksum verified.
PngChunk read_chunk(std::span<const std::byte> file, std::size_t at, const std::string& source) {
  constexpr std::size_t kFrame = 12;
  if (file.size() - at < kFrame) ends_early(source, file.size());
  const std::size_t length = big_endian(file, at, 4);
  if (length > file.size() - at - kFrame) ends_early(source, file.size());
  PngChunk chunk;
  chunk.type = {reinterpret_cast<const char*>(file.data()) + at + 4, 4};
  chunk.data = file.subspan(at + 8, length);
  chunk.whole = file.subspan(at, length + kFrame);
  if (crc32(file.subspan(at + 4, length + 4)) != big_endian(file, at + 8 + length, 4)) {
    damaged(source, "a PNG chunk whose checksum is wrong (byte " + std::to_string(at) + ")");
  }
  return chunk;
}

PictureHeader read_ihdr(std::span<const std::byte> data, const std::string& source) {
  if (data.size() != 13) damaged(source, "a PNG header of the wrong length");
  check_size(big_endian(data, 0, 4), big_endian(data, 4, 4), source);
  PictureHeader header;
  header.width = static_cast<int>(big_endian(data, 0, 4));
  header.height = static_cast<int>(big_endian(data, 4, 4));
  header.bits = std::to_integer<int>(data[8]);
  constexpr std::array<int, 7> kChannels = {1, 0, 3, 3, 2, 0, 4};
  const auto color_type = std::to_integer<std::size_t>(data[9]);
  header.channels = color_type < kChannels.size() ? kChannels[color_type] : 0;
  const bool is_palette = color_type == 3;
  const bool bits_fit = header.bits == 8 || (header.bits == 16 && !is_palette) ||
                        ((header.bits == 1 || header.bits == 2 || header.bits == 4) &&
                         (is_palette || color_type == 0));
  if (header.channels == 0 || !bits_fit || data[10] != std::byte{0} || data[11] != std::byte{0} ||
      std::to_integer<int>(data[12]) > 1) {
    damaged(source, "a PNG header with values that PNG does not have");
  }
  return header;
}

/// Bytes of the pixels before compression, at the least.
std::uint64_t raw_bytes(const PictureHeader& header, bool is_palette) {
  const int samples = is_palette ? 1 : header.channels;
  const std::uint64_t row_bits =
      static_cast<std::uint64_t>(header.width) * static_cast<std::uint64_t>(samples * header.bits);
  return static_cast<std::uint64_t>(header.height) * ((row_bits + 7) / 8 + 1);
}

PictureHeader read_png(std::span<const std::byte> file, const std::string& source) {
  PictureHeader header;
  bool is_palette = false;
  std::uint64_t compressed = 0;
  std::size_t at = kPngSignature.size();
  for (bool first = true;; first = false) {
    const PngChunk chunk = read_chunk(file, at, source);
    if (first != (chunk.type == "IHDR")) damaged(source, "a PNG without its header in front");
    if (first) {
      header = read_ihdr(chunk.data, source);
      is_palette = chunk.data[9] == std::byte{3};
    }
    if (chunk.type == "IDAT") compressed += chunk.data.size();
    if (chunk.type == "IEND") break;
    at += chunk.whole.size();
  }
  if (raw_bytes(header, is_palette) > compressed * kMaxDeflateRatio) {
    damaged(source, std::to_string(compressed) + " bytes of pixel data for " +
                        std::to_string(header.width) + " x " + std::to_string(header.height) +
                        " pixels");
  }
  if (is_palette) header.bits = 8;
  return header;
}

bool is_start_of_frame(std::uint32_t marker) {
  return marker >= 0xc0 && marker <= 0xcf && marker != 0xc4 && marker != 0xc8 && marker != 0xcc;
}

/// Skips the compressed data behind a start-of-scan segment: the place of the next marker.
std::size_t skip_scan(std::span<const std::byte> file, std::size_t at, const std::string& source) {
  for (; at + 1 < file.size(); ++at) {
    if (file[at] != std::byte{0xff}) continue;
    const auto next = std::to_integer<std::uint32_t>(file[at + 1]);
    const bool is_data = next == 0x00 || next == 0xff || (next >= 0xd0 && next <= 0xd7);
    if (!is_data) return at;
  }
  ends_early(source, file.size());
}

PictureHeader read_jpeg(std::span<const std::byte> file, const std::string& source) {
  PictureHeader header;
  header.format = PictureHeader::Format::kJpeg;
  std::size_t at = 2;
  for (;;) {
    if (file.size() - at < 2) ends_early(source, file.size());
    if (file[at] != std::byte{0xff}) damaged(source, "bytes between two JPEG segments");
    const auto marker = std::to_integer<std::uint32_t>(file[at + 1]);
    if (marker == 0xff) {  // padding
      ++at;
      continue;
    }
    if (marker == 0xd9) break;
    if (file.size() - at < 4) ends_early(source, file.size());
    const std::size_t length = big_endian(file, at + 2, 2);
    if (length < 2) damaged(source, "a JPEG segment of impossible length");
    if (length > file.size() - at - 2) ends_early(source, file.size());
    if (is_start_of_frame(marker)) {
      if (length < 8) damaged(source, "a JPEG frame header of impossible length");
      header.bits = static_cast<int>(big_endian(file, at + 4, 1));
      check_size(big_endian(file, at + 7, 2), big_endian(file, at + 5, 2), source);
      header.height = static_cast<int>(big_endian(file, at + 5, 2));
      header.width = static_cast<int>(big_endian(file, at + 7, 2));
      header.channels = big_endian(file, at + 9, 1) == 1 ? 1 : 3;
    }
    at += 2 + length;
    if (marker == 0xda) at = skip_scan(file, at, source);
  }
  if (header.width == 0) damaged(source, "a JPEG without a frame header");
  return header;
}

/// The first directory of a TIFF file (TIFF 6.0, section 2).
class TiffDirectory {
 public:
  TiffDirectory(std::span<const std::byte> file, const std::string& source)
      : file_(file), source_(source), little_(file[0] == std::byte{'I'}) {
    if (file.size() < 8) ends_early(source, file.size());
    begin_ = number(4, 4);
    entries_ = number(begin_, 2);
  }

  /// First value of a tag of type SHORT or LONG.
  [[nodiscard]] std::uint32_t value(std::uint32_t tag, std::uint32_t fallback) const {
    for (std::size_t i = 0; i < entries_; ++i) {
      const std::size_t entry = begin_ + 2 + 12 * i;
      if (number(entry, 2) != tag) continue;
      const std::size_t size = number(entry + 2, 2) == 3 ? 2 : 4;
      const std::size_t count = number(entry + 4, 4);
      const std::size_t place = size * count <= 4 ? entry + 8 : number(entry + 8, 4);
      return number(place, size);
    }
    return fallback;
  }

 private:
  [[nodiscard]] std::uint32_t number(std::size_t at, std::size_t size) const {
    if (at > file_.size() || file_.size() - at < size) ends_early(source_, file_.size());
    return little_ ? little_endian(file_, at, size) : big_endian(file_, at, size);
  }

  std::span<const std::byte> file_;
  const std::string& source_;
  bool little_;
  std::size_t begin_ = 0;
  std::size_t entries_ = 0;
};

PictureHeader read_tiff(std::span<const std::byte> file, const std::string& source) {
  constexpr std::uint32_t kWidth = 256;
  constexpr std::uint32_t kHeight = 257;
  constexpr std::uint32_t kBits = 258;
  constexpr std::uint32_t kSamples = 277;
  constexpr std::uint32_t kSampleFormat = 339;
  const TiffDirectory directory(file, source);
  PictureHeader header;
  header.format = PictureHeader::Format::kTiff;
  check_size(directory.value(kWidth, 0), directory.value(kHeight, 0), source);
  header.width = static_cast<int>(directory.value(kWidth, 0));
  header.height = static_cast<int>(directory.value(kHeight, 0));
  header.bits = static_cast<int>(std::min(directory.value(kBits, 1), 64U));
  header.channels = static_cast<int>(std::min(directory.value(kSamples, 1), 5U));
  header.is_float = directory.value(kSampleFormat, 1) == 3;
  if (header.channels < 1 || header.channels > 4) damaged(source, "a TIFF of over 4 channels");
  return header;
}

}  // namespace

PictureHeader read_picture_header(std::span<const std::byte> file, const std::string& source) {
  constexpr std::array<std::uint8_t, 3> kJpegStart = {0xff, 0xd8, 0xff};
  constexpr std::array<std::uint8_t, 4> kTiffLittle = {'I', 'I', 42, 0};
  constexpr std::array<std::uint8_t, 4> kTiffBig = {'M', 'M', 0, 42};
  if (starts_with(file, kPngSignature)) return read_png(file, source);
  if (starts_with(file, kJpegStart)) return read_jpeg(file, source);
  if (starts_with(file, kTiffLittle) || starts_with(file, kTiffBig)) return read_tiff(file, source);
  if (file.empty()) fail(ErrorCode::kBadFile, "{}: expected a picture, found no bytes", source);
  fail(ErrorCode::kBadFile, "{}: expected a PNG, JPEG or TIFF picture, found another format",
       source);
}

std::vector<std::byte> png_pixels_only(std::span<const std::byte> file) {
  std::vector<std::byte> kept(file.begin(), file.begin() + kPngSignature.size());
  for (std::size_t at = kPngSignature.size(); at + 12 <= file.size();) {
    const std::string_view type(reinterpret_cast<const char*>(file.data()) + at + 4, 4);
    const std::span<const std::byte> whole = file.subspan(at, big_endian(file, at, 4) + 12U);
    if (type == "IHDR" || type == "PLTE" || type == "tRNS" || type == "IDAT" || type == "IEND") {
      kept.insert(kept.end(), whole.begin(), whole.end());
    }
    if (type == "IEND") break;
    at += whole.size();
  }
  return kept;
}

}  // namespace sam6d
