#include "base/utf8.hpp"

#include <cstdint>

#include <fmt/format.h>

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

std::string quoted_text(std::string_view text) {
  constexpr std::size_t kShown = 200;
  std::string result = "\"";
  std::size_t shown = 0;
  while (shown < text.size() && shown < kShown) {
    const std::string_view rest = text.substr(shown);
    const std::size_t size = character_size(rest);
    const std::uint8_t first = at(rest, 0);
    if (first == '"' || first == '\\') {
      result += '\\';
      result += rest[0];
    } else if (first == '\n') {
      result += "\\n";
    } else if (size == 0 || first < 0x20 || first == 0x7f) {
      result += fmt::format("\\x{:02x}", first);
    } else {
      result += rest.substr(0, size);
    }
    shown += size == 0 ? 1 : size;
  }
  result += shown < text.size() ? "\"..." : "\"";
  return result;
}

}  // namespace sam6d
