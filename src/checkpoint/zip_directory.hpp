#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "checkpoint/checkpoint_index.hpp"
#include "checkpoint/file_bytes.hpp"

namespace sam6d {

/// A member of an archive as the central directory has it.
struct ZipMember {
  std::uint64_t header_offset = 0;
  std::uint64_t packed_size = 0;
  std::uint64_t size = 0;
  std::uint32_t crc32 = 0;
  bool deflated = false;
};

/// The members of a zip archive (APPNOTE 6.3, ZIP64 included) by name.
struct ZipDirectory {
  std::map<std::string, ZipMember, std::less<>> members;
  std::uint64_t begin = 0;  ///< byte at which the directory itself begins, behind all members
};

/// Throws Error(kBadFile) unless `file` ends with a whole directory of members that are stored or
/// deflated, have different names without "..", and lie before the directory.
[[nodiscard]] ZipDirectory read_zip_directory(const FileBytes& file);

/// Where a member's bytes lie: behind its local header, whose length the directory does not tell.
/// Throws Error(kBadFile) when there is no such header there, or the bytes reach the directory.
[[nodiscard]] Storage locate(const FileBytes& file, const ZipDirectory& directory,
                             const std::string& name, const ZipMember& member);

}  // namespace sam6d
