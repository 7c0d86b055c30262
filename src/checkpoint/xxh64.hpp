#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sam6d/export.hpp"

namespace sam6d {

/// XXH64 (Yann Collet, "xxHash fast digest algorithm", 0.1.1): finds damaged bytes at the speed of
/// memory. It does not protect from somebody who wants to deceive.
[[nodiscard]] SAM6D_API std::uint64_t xxh64(std::span<const std::byte> bytes,
                                            std::uint64_t seed = 0) noexcept;

}  // namespace sam6d
