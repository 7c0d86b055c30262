#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checkpoint/checkpoint_index.hpp"
#include "checkpoint/file_bytes.hpp"

namespace sam6d {

/// The bytes of a storage, at hand a window at a time or all at once.
class StorageWindow {
 public:
  /// Of bytes that are in memory.
  explicit StorageWindow(std::span<const std::byte> bytes);
  /// Of a place in a file, which must outlive this.
  StorageWindow(const FileBytes& file, std::uint64_t offset, std::uint64_t size);

  /// Most bytes that at() gives.
  [[nodiscard]] std::uint64_t width() const { return width_; }
  /// `count` bytes from `begin` on, until the next call. The caller knows that they are there, and
  /// asks for no more than width().
  const std::byte* at(std::uint64_t begin, std::uint64_t count) {
    if (begin < begin_ || begin + count > begin_ + bytes_.size()) move_to(begin);
    return bytes_.data() + (begin - begin_);
  }

 private:
  void move_to(std::uint64_t begin);

  const FileBytes* file_ = nullptr;
  std::uint64_t offset_ = 0;
  std::uint64_t size_ = 0;
  std::uint64_t width_ = 0;
  std::vector<std::byte> buffer_;
  std::uint64_t begin_ = 0;
  std::span<const std::byte> bytes_;
};

/// Writes a tensor's elements to `out` in C order; `out` has byte_count(tensor) bytes.
void copy_strided(const StoredTensor& tensor, StorageWindow& storage, std::span<std::byte> out);

}  // namespace sam6d
