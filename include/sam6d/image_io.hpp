#pragma once

#include <cstdint>
#include <filesystem>

#include "sam6d/export.hpp"
#include "sam6d/image.hpp"

/// Picture files. PNG, JPEG and TIFF are read, PNG is written. Sizes are checked before any pixel
/// is decoded (at most 16384 a side, 2^26 pixels, 256 MiB), and a file that ends early is an error
/// instead of a half grey picture. Readers throw Error(kFileNotFound) or Error(kBadFile), writers
/// Error(kWriteFailed); the text names the file, what was expected and what was found.
namespace sam6d {

enum class GreyPictures {
  kRefuse,
  kExpand,  ///< the three channels get the same value
};

/// A colour picture of 8 bits a channel; an alpha channel is dropped.
[[nodiscard]] SAM6D_API Image<Rgb8> load_rgb(const std::filesystem::path& path,
                                             GreyPictures grey = GreyPictures::kRefuse);

/// Depth in metres; 0 = no depth. The file's values times `depth_scale` are millimetres (BOP). It
/// is a picture of one channel of 16 bits, a TIFF of one channel of 32-bit floating point, or an
/// NPY array of H x W. Values that are negative or not finite become 0. Pictures of 8 bits are
/// refused: they cannot hold depth.
[[nodiscard]] SAM6D_API Image<float> load_depth(const std::filesystem::path& path,
                                                double depth_scale);

/// 255 where the picture is not 0. One channel, or a colour picture whose channels are equal.
[[nodiscard]] SAM6D_API Image<std::uint8_t> load_mask(const std::filesystem::path& path);

SAM6D_API void save_png(const std::filesystem::path& path, const ImageView<Rgb8>& picture);
SAM6D_API void save_png(const std::filesystem::path& path, const ImageView<std::uint8_t>& picture);
SAM6D_API void save_png(const std::filesystem::path& path, const ImageView<std::uint16_t>& picture);

/// Writes metres as a 16-bit PNG whose values times `depth_scale` are millimetres. What does not
/// fit (not finite, not positive, or beyond 65535 steps) becomes 0, and the latter is logged.
SAM6D_API void save_depth(const std::filesystem::path& path, const ImageView<float>& depth_m,
                          double depth_scale);

}  // namespace sam6d
