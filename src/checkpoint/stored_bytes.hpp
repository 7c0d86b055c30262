#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checkpoint/checkpoint_index.hpp"
#include "checkpoint/file_bytes.hpp"

namespace sam6d {

/// CRC-32 as zip archives have it; `start` continues that of the bytes before.
[[nodiscard]] std::uint32_t crc32_of(std::span<const std::byte> bytes,
                                     std::uint32_t start = 0) noexcept;

/// Throws Error(kBadFile) when the storage has another checksum than `found`.
void check_crc32(const FileBytes& file, const Storage& storage, std::uint32_t found);
/// Reads all bytes of a storage that is not deflated, and keeps none.
void check_crc32(const FileBytes& file, const Storage& storage);

/// The bytes of a storage, inflated where they are deflated. The caller has checked that
/// Storage::size is a reasonable amount of memory. Throws Error(kBadFile).
[[nodiscard]] std::vector<std::byte> read_storage(const FileBytes& file, const Storage& storage,
                                                  bool verify_checksums);

}  // namespace sam6d
