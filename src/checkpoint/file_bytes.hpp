#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace sam6d {

/// The bytes of a file that is open, mapped, or in memory; cheap to copy. Safe to read from several
/// threads.
class FileBytes {
 public:
  /// Throws Error(kFileNotFound), or Error(kBadFile) for what is no regular file or may not be
  /// read.
  [[nodiscard]] static FileBytes open(const std::filesystem::path& path);
  /// Pages of the file; see CheckpointOptions::memory_map for the risk.
  [[nodiscard]] static FileBytes map(const std::filesystem::path& path);
  /// Bytes that `owner` keeps alive, or the caller.
  [[nodiscard]] static FileBytes in_memory(std::span<const std::byte> bytes,
                                           std::string_view source,
                                           std::shared_ptr<const void> owner = nullptr);
  /// The same bytes as if they lay on a disk: memory() is empty.
  [[nodiscard]] FileBytes as_if_on_disk() const;

  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Path or name, for messages.
  [[nodiscard]] const std::string& source() const { return source_; }
  /// All bytes, where they can be used in place.
  [[nodiscard]] std::optional<std::span<const std::byte>> memory() const;
  /// Whoever uses memory() keeps this.
  [[nodiscard]] std::shared_ptr<const void> owner() const { return owner_; }

  /// Fills `out` from `offset` on. Throws Error(kBadFile) unless all of it is there.
  void read(std::uint64_t offset, std::span<std::byte> out) const;

 private:
  FileBytes() = default;

  std::string source_;
  std::uint64_t size_ = 0;
  int descriptor_ = -1;
  std::span<const std::byte> bytes_;
  bool in_place_ = false;
  std::shared_ptr<const void> owner_;  ///< closes the file or unmaps the pages
};

}  // namespace sam6d
