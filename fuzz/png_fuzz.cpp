// Covers: src/io/picture_header.cpp src/io/picture_decoding.cpp
#include <cstddef>
#include <cstdint>
#include <span>

#include "io/picture_decoding.hpp"
#include "io/picture_header.hpp"
#include "sam6d/error.hpp"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

std::uint32_t png_checksum(const std::uint8_t* data, std::size_t size) {
  std::uint32_t crc = 0xffffffffU;
  for (std::size_t i = 0; i < size; ++i) {
    crc ^= data[i];
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? 0xedb88320U ^ (crc >> 1U) : crc >> 1U;
  }
  return ~crc;
}

}  // namespace

/// Pictures (PNG, JPEG, TIFF) as they come; big ones are only looked at.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr int kMaxPixels = 1 << 16;
  const std::span<const std::byte> file = std::as_bytes(std::span(data, size));
  try {
    const sam6d::PictureHeader header = sam6d::read_picture_header(file, "fuzz");
    if (header.width * header.height > kMaxPixels) return 0;
  } catch (const sam6d::Error&) {
    return 0;
  }
  const auto attempt = [](const auto& decode) {
    try {
      (void)decode();
    } catch (const sam6d::Error&) {
      // The expected answer to bad input.
    }
  };
  attempt([&] { return sam6d::decode_rgb(file, "fuzz", sam6d::GreyPictures::kExpand); });
  attempt([&] { return sam6d::decode_depth(file, "fuzz", 0.001); });
  attempt([&] { return sam6d::decode_mask(file, "fuzz"); });
  return 0;
}

/// Puts the checksums of a PNG's chunks right, most of the time: else no mutation would come far.
extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size,
                                               std::size_t max_size, unsigned int seed) {
  size = LLVMFuzzerMutate(data, size, max_size);
  if (seed % 8 == 0) return size;
  for (std::size_t at = 8; at + 12 <= size;) {
    const std::size_t length = (std::size_t{data[at]} << 24U) | (std::size_t{data[at + 1]} << 16U) |
                               (std::size_t{data[at + 2]} << 8U) | data[at + 3];
    if (length > size - at - 12) break;
    const std::uint32_t crc = png_checksum(data + at + 4, length + 4);
    for (std::size_t i = 0; i < 4; ++i) {
      data[at + 8 + length + i] = static_cast<std::uint8_t>(crc >> (24 - 8 * i));
    }
    at += length + 12;
  }
  return size;
}
