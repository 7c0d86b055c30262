#pragma once

#include <string_view>

#include "sam6d/export.hpp"

#define SAM6D_VERSION_MAJOR 0
#define SAM6D_VERSION_MINOR 1
#define SAM6D_VERSION_PATCH 0

namespace sam6d {

/// Version of the library that is loaded, "0.1.0"; the macros are those of the headers.
[[nodiscard]] SAM6D_API std::string_view version() noexcept;

}  // namespace sam6d
