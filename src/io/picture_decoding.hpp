#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "sam6d/image.hpp"
#include "sam6d/image_io.hpp"

namespace sam6d {

/// What load_rgb(), load_depth() and load_mask() make of a file's bytes.
[[nodiscard]] Image<Rgb8> decode_rgb(std::span<const std::byte> file, const std::string& source,
                                     GreyPictures grey);
[[nodiscard]] Image<float> decode_depth(std::span<const std::byte> file, const std::string& source,
                                        double metres_per_value);
[[nodiscard]] Image<std::uint8_t> decode_mask(std::span<const std::byte> file,
                                              const std::string& source);

}  // namespace sam6d
