#pragma once

#include <cstddef>
#include <cstring>
#include <span>

namespace sam6d {

/// Takes little-endian numbers off a run of bytes. The caller makes sure that they are there.
class ByteCursor {
 public:
  explicit ByteCursor(std::span<const std::byte> bytes) : bytes_(bytes) {}

  [[nodiscard]] std::size_t rest() const { return bytes_.size(); }
  void skip(std::size_t count) { bytes_ = bytes_.subspan(count); }
  std::span<const std::byte> bytes(std::size_t count) {
    const std::span<const std::byte> taken = bytes_.first(count);
    skip(count);
    return taken;
  }
  template <class T>
  T take() {
    T value;
    std::memcpy(&value, bytes_.data(), sizeof(T));
    skip(sizeof(T));
    return value;
  }

 private:
  std::span<const std::byte> bytes_;
};

}  // namespace sam6d
