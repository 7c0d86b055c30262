#include "checkpoint/pickle_text.hpp"

#include <cstdint>

namespace sam6d {
namespace {

std::uint8_t at(std::string_view text, std::size_t i) { return static_cast<std::uint8_t>(text[i]); }

/// Bytes of the character that starts the text; 0 when it is none.
std::size_t character_size(std::string_view text) noexcept {
  const std::uint8_t lead = at(text, 0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < size) return 0;
  // The second byte rules out longer forms than needed, surrogates, and what is beyond U+10FFFF.
  const std::uint8_t second = at(text, 1);
  const std::uint8_t least = lead == 0xe0 ? 0xa0 : lead == 0xf0 ? 0x90 : 0x80;
  const std::uint8_t most = lead == 0xed ? 0x9f : lead == 0xf4 ? 0x8f : 0xbf;
  if (second < least || second > most) return 0;
  for (std::size_t i = 2; i < size; ++i) {
    if ((at(text, i) & 0xc0U) != 0x80U) return 0;
  }
  return size;
}

}  // namespace

bool is_utf8(std::string_view text) noexcept {
  while (!text.empty()) {
    const std::size_t size = character_size(text);
    if (size == 0) return false;
    text.remove_prefix(size);
  }
  return true;
}

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
