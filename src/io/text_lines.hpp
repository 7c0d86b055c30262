#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace sam6d {

/// Takes the lines of a text one by one, without their ends (\n, \r\n or \r).
class TextLines {
 public:
  explicit TextLines(std::string_view text) : text_(text) {}

  std::optional<std::string_view> next() {
    if (position_ >= text_.size()) return std::nullopt;
    const std::size_t begin = position_;
    const std::size_t end = std::min(text_.find_first_of("\r\n", begin), text_.size());
    position_ = end + 1;
    if (end + 1 < text_.size() && text_[end] == '\r' && text_[end + 1] == '\n') ++position_;
    if (position_ > text_.size()) position_ = text_.size();
    return text_.substr(begin, end - begin);
  }
  /// Behind the end of the last line.
  [[nodiscard]] std::size_t position() const { return position_; }

 private:
  std::string_view text_;
  std::size_t position_ = 0;
};

/// The beginning of a text as it can stand in a message: one line of ASCII.
inline std::string excerpt(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::string shown(text.substr(0, kShown));
  for (char& c : shown) {
    if (c < ' ' || c > '~') c = '?';
  }
  return text.size() > kShown ? shown + "..." : shown;
}

/// Takes the words of a line one by one; an empty one at the end.
class LineWords {
 public:
  explicit LineWords(std::string_view line) : line_(line) {}

  std::string_view next() {
    constexpr std::string_view kSpace = " \t";
    const std::size_t begin = std::min(line_.find_first_not_of(kSpace), line_.size());
    const std::size_t end = std::min(line_.find_first_of(kSpace, begin), line_.size());
    const std::string_view word = line_.substr(begin, end - begin);
    line_.remove_prefix(end);
    return word;
  }

 private:
  std::string_view line_;
};

/// The number that a word is as a whole; nothing for other words, or numbers out of range.
inline std::optional<double> parsed_number(std::string_view word) {
  constexpr std::size_t kLongest = 40;  // letters
  if (word.starts_with('+')) word.remove_prefix(1);
  double value = 0;
  const char* const end = word.data() + word.size();
  const auto [stopped, error] = std::from_chars(word.data(), end, value);
  if (word.empty() || word.size() > kLongest || stopped != end || error != std::errc{}) {
    return std::nullopt;
  }
  return value;
}

/// Adds a number that parsed_number() takes as Assimp reads it: with digits before the point and
/// without a plus sign.
inline void append_number(std::string& text, std::string_view word) {
  if (word.starts_with('-')) text += '-';
  if (word.starts_with('-') || word.starts_with('+')) word.remove_prefix(1);
  if (word.starts_with('.')) text += '0';
  text += word;
}

}  // namespace sam6d
