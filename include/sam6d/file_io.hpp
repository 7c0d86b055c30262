#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sam6d/export.hpp"

/// Whole files: bounded reading, writing that leaves either the old file or the whole new one.
namespace sam6d {

/// Largest file that is read unless a caller says otherwise.
inline constexpr std::uint64_t kMaxFileBytes = std::uint64_t{1} << 30U;

/// All bytes of a file. Throws Error(kFileNotFound), or Error(kBadFile) for a folder, a file that
/// may not be read, or one of more than `max_bytes`.
[[nodiscard]] SAM6D_API std::vector<std::byte> read_file(const std::filesystem::path& path,
                                                         std::uint64_t max_bytes = kMaxFileBytes);
[[nodiscard]] SAM6D_API std::string read_text_file(const std::filesystem::path& path,
                                                   std::uint64_t max_bytes = kMaxFileBytes);

/// Writes under a temporary name in the same folder, then renames, so that nobody ever sees half a
/// file. Throws Error(kWriteFailed) with the path and the system's reason; then an older file of
/// that name is as it was.
SAM6D_API void write_file(const std::filesystem::path& path, std::span<const std::byte> bytes);
/// The same of bytes that lie in several places, one part after the other.
SAM6D_API void write_file_parts(const std::filesystem::path& path,
                                std::span<const std::span<const std::byte>> parts);
SAM6D_API void write_text_file(const std::filesystem::path& path, std::string_view text);

/// Makes a folder and its parents where they are missing, and makes sure that files can be written
/// there. Throws Error(kWriteFailed).
SAM6D_API void make_folder(const std::filesystem::path& path);

}  // namespace sam6d
