// Covers: src/io/rle.cpp
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "sam6d/error.hpp"
#include "sam6d/rle.hpp"

/// Two bytes of size, then COCO's compressed text.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 2, size - 2);
  try {
    const sam6d::Rle rle{data[0], data[1], sam6d::decompress_counts(text, "fuzz")};
    const auto counts = sam6d::decompress_counts(sam6d::compress_counts(rle.counts), "again");
    if (counts != rle.counts) __builtin_trap();
    const sam6d::Mask mask = sam6d::decode_rle(rle, "fuzz");
    const sam6d::Rle again = sam6d::encode_rle(mask, rle.width, rle.height);
    if (sam6d::decode_rle(again, "again") != mask) __builtin_trap();
  } catch (const sam6d::Error&) {
    // The expected answer to bad input.
  }
  return 0;
}
