#include "checkpoint/stored_bytes.hpp"

#include <libdeflate.h>

#include <algorithm>
#include <memory>

#include "base/fail.hpp"

namespace sam6d {
namespace {

constexpr std::uint64_t kChunkBytes = std::uint64_t{1} << 18U;
// Deflate makes at most 1032 bytes of one.
constexpr std::uint64_t kMaxInflation = 1032;

struct FreeDecompressor {
  void operator()(libdeflate_decompressor* decompressor) const {
    libdeflate_free_decompressor(decompressor);
  }
};

std::vector<std::byte> inflated(const FileBytes& file, const Storage& storage) {
  if (storage.size / kMaxInflation > storage.packed_size) {
    fail(ErrorCode::kBadFile, "{}: {}: expected at most {} bytes of {} deflated ones, found {}",
         file.source(), storage.name, storage.packed_size * kMaxInflation, storage.packed_size,
         storage.size);
  }
  std::vector<std::byte> packed(static_cast<std::size_t>(storage.packed_size));
  file.read(storage.offset, packed);
  std::vector<std::byte> bytes(static_cast<std::size_t>(storage.size));
  const std::unique_ptr<libdeflate_decompressor, FreeDecompressor> decompressor(
      libdeflate_alloc_decompressor());
  if (!decompressor) throw std::bad_alloc();
  // Without a place for the size that was found, any other than the expected one is a failure.
  if (libdeflate_deflate_decompress(decompressor.get(), packed.data(), packed.size(), bytes.data(),
                                    bytes.size(), nullptr) != LIBDEFLATE_SUCCESS) {
    fail(ErrorCode::kBadFile, "{}: {}: expected {} deflated bytes, found damaged ones",
         file.source(), storage.name, storage.size);
  }
  return bytes;
}

}  // namespace

std::uint32_t crc32_of(std::span<const std::byte> bytes, std::uint32_t start) noexcept {
  return libdeflate_crc32(start, bytes.data(), bytes.size());
}

void check_crc32(const FileBytes& file, const Storage& storage, std::uint32_t found) {
  if (storage.crc32 && *storage.crc32 != found) {
    fail(ErrorCode::kBadFile,
         "{}: {}: expected the checksum {:08x}, found {:08x}; the file is damaged", file.source(),
         storage.name, *storage.crc32, found);
  }
}

void check_crc32(const FileBytes& file, const Storage& storage) {
  if (!storage.crc32) return;
  std::uint32_t crc = 0;
  if (const auto memory = file.memory()) {
    crc = crc32_of(memory->subspan(static_cast<std::size_t>(storage.offset),
                                   static_cast<std::size_t>(storage.size)));
  } else {
    std::vector<std::byte> chunk(static_cast<std::size_t>(std::min(kChunkBytes, storage.size)));
    for (std::uint64_t at = 0; at < storage.size; at += chunk.size()) {
      chunk.resize(
          static_cast<std::size_t>(std::min<std::uint64_t>(chunk.size(), storage.size - at)));
      file.read(storage.offset + at, chunk);
      crc = crc32_of(chunk, crc);
    }
  }
  check_crc32(file, storage, crc);
}

std::vector<std::byte> read_storage(const FileBytes& file, const Storage& storage,
                                    bool verify_checksums) {
  std::vector<std::byte> bytes;
  if (storage.deflated) {
    bytes = inflated(file, storage);
  } else {
    bytes.resize(static_cast<std::size_t>(storage.size));
    file.read(storage.offset, bytes);
  }
  if (verify_checksums) check_crc32(file, storage, crc32_of(bytes));
  return bytes;
}

}  // namespace sam6d
