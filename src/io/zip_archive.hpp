#pragma once

#include <zip.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sam6d {

/// What numpy.savez puts behind an array's name.
inline constexpr std::string_view kArraySuffix = ".npy";

struct ArchiveDeleter {
  void operator()(zip_t* archive) const { zip_discard(archive); }
};
using Archive = std::unique_ptr<zip_t, ArchiveDeleter>;

/// The text of a libzip error, which is freed.
inline std::string zip_message(zip_error_t& error) {
  std::string text = zip_error_strerror(&error);
  zip_error_fini(&error);
  return text;
}

}  // namespace sam6d
