#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sam6d/export.hpp"
#include "sam6d/mask.hpp"

namespace sam6d {

/// A mask as COCO's run lengths: numbers of pixels that are off, on, off, ..., column after column.
struct Rle {
  int width = 0;   ///< of the picture
  int height = 0;  ///< of the picture
  std::vector<std::uint32_t> counts;

  friend bool operator==(const Rle&, const Rle&) = default;
};

/// Largest picture that a run-length code may speak of.
inline constexpr std::int64_t kMaxRlePixels = std::int64_t{1} << 26U;

/// What lies outside of the picture is cut off.
[[nodiscard]] SAM6D_API Rle encode_rle(const Mask& mask, int width, int height);

/// The mask in the smallest box that holds it. Throws Error(kBadFile), naming `source`, when the
/// size is not in 1..kMaxRlePixels pixels or the runs do not fill the picture exactly.
[[nodiscard]] SAM6D_API Mask decode_rle(const Rle& rle, std::string_view source);

/// COCO's compressed text of run lengths (pycocotools, rleToString), and back. The text throws
/// Error(kBadFile), naming `source`, when it has characters that the code does not have, ends in
/// the middle of a number, or gives a length that is negative or over kMaxRlePixels.
[[nodiscard]] SAM6D_API std::string compress_counts(std::span<const std::uint32_t> counts);
[[nodiscard]] SAM6D_API std::vector<std::uint32_t> decompress_counts(std::string_view text,
                                                                     std::string_view source);

}  // namespace sam6d
