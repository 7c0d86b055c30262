#include "checkpoint/pickle_text.hpp"

#include <cstdint>

namespace sam6d {
namespace {

std::uint8_t at(std::string_view text, std::size_t i) { return static_cast<std::uint8_t>(text[i]); }

}  // namespace

std::optional<std::string> latin1_bytes(std::string_view utf8) {
  std::string bytes;
  bytes.reserve(utf8.size());
  for (std::size_t i = 0; i < utf8.size(); ++i) {
    const std::uint8_t lead = at(utf8, i);
    if (lead < 0x80) {
      bytes.push_back(utf8[i]);
    } else if (lead <= 0xc3 && i + 1 < utf8.size()) {
      ++i;
      bytes.push_back(static_cast<char>((lead & 3U) << 6U | (at(utf8, i) & 0x3fU)));
    } else {
      return std::nullopt;
    }
  }
  return bytes;
}

PickleValue long_value(std::string bytes) {
  const bool negative = !bytes.empty() && (at(bytes, bytes.size() - 1) & 0x80U) != 0;
  const char sign = negative ? '\xff' : '\0';
  // Bytes that only repeat the sign are not needed.
  while (bytes.size() > 8 && bytes.back() == sign) bytes.pop_back();
  const bool fits =
      bytes.size() < 8 || (bytes.size() == 8 && ((at(bytes, 7) & 0x80U) != 0) == negative);
  if (!fits) {
    bytes.push_back(sign);
    return PickleLong{std::move(bytes)};
  }
  bytes.resize(8, sign);
  std::uint64_t number = 0;
  for (std::size_t i = 8; i-- > 0;) number = number << 8U | at(bytes, i);
  return static_cast<std::int64_t>(number);
}

}  // namespace sam6d
