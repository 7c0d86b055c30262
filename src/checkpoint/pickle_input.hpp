#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "checkpoint/file_bytes.hpp"

namespace sam6d {

/// Takes the bytes of a pickle one after the other off a part of a file, whatever follows it. Every
/// call throws Error(kBadFile) when the part ends before what is asked for.
class PickleInput {
 public:
  PickleInput(FileBytes file, std::uint64_t begin, std::uint64_t end);

  [[nodiscard]] const std::string& source() const { return file_.source(); }
  /// Where the next byte lies in the file.
  [[nodiscard]] std::uint64_t position() const { return position_; }
  [[nodiscard]] std::uint64_t rest() const { return end_ - position_; }

  [[nodiscard]] std::uint8_t byte();
  /// A little-endian number.
  template <class T>
  T number() {
    std::array<std::byte, sizeof(T)> bytes;
    read(bytes);
    return std::bit_cast<T>(bytes);
  }
  [[nodiscard]] double big_endian_double();
  /// So many bytes; checked before they get memory.
  [[nodiscard]] std::string bytes(std::uint64_t count);
  /// Up to the end of the line, which is dropped.
  [[nodiscard]] std::string line();

 private:
  void read(std::span<std::byte> out);
  void refill();

  FileBytes file_;
  std::uint64_t position_;
  std::uint64_t end_;
  std::vector<std::byte> window_;    ///< of a file that is not in memory
  std::span<const std::byte> view_;  ///< what is at hand, from position_ on
};

}  // namespace sam6d
