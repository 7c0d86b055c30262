#include "base/utf8.hpp"

#include <algorithm>

#include <doctest/doctest.h>

namespace sam6d {
namespace {

using namespace std::string_literals;

TEST_CASE("UTF-8") {
  for (const std::string& text :
       {""s, "a"s, "\xc2\x80"s, "\xdf\xbf"s, "\xe0\xa0\x80"s, "\xed\x9f\xbf"s, "\xee\x80\x80"s,
        "\xf0\x90\x80\x80"s, "\xf4\x8f\xbf\xbf"s, "\0"s}) {
    CHECK(is_utf8(text));
  }
  // Cut off, longer than needed, surrogates, beyond Unicode, bytes that start nothing.
  for (const std::string& text : {"\xc2"s, "\xe0\xa0"s, "\xf0\x90\x80"s, "\xc0\x80"s, "\xc1\xbf"s,
                                  "\xe0\x9f\xbf"s, "\xf0\x8f\xbf\xbf"s, "\xed\xa0\x80"s,
                                  "\xf4\x90\x80\x80"s, "\xf5\x80\x80\x80"s, "\x80"s, "\xff"s,
                                  "a\xc2"
                                  "a"s}) {
    CHECK(!is_utf8(text));
  }
}

TEST_CASE("what is printable stands as it is in quotes, all else is escaped") {
  CHECK(quoted_text("mesh.ply") == "\"mesh.ply\"");
  CHECK(quoted_text("") == "\"\"");
  CHECK(quoted_text("\xc3\xbc\xe2\x82\xac") == "\"\xc3\xbc\xe2\x82\xac\"");
  CHECK(quoted_text("a\"b\\c\nd\te") == "\"a\\\"b\\\\c\\nd\\x09e\"");
  CHECK(quoted_text("\0\x7f"s) == "\"\\x00\\x7f\"");
  CHECK(quoted_text("little\xe2\x82") == "\"little\\xe2\\x82\"");
}

TEST_CASE("a quoted text is UTF-8 of one line, whatever its bytes are") {
  for (int first = 0; first < 256; ++first) {
    for (int second = 0; second < 256; ++second) {
      const std::string shown =
          quoted_text(std::string{static_cast<char>(first), static_cast<char>(second), 'x'});
      REQUIRE(is_utf8(shown));
      REQUIRE(std::none_of(shown.begin(), shown.end(), [](char c) { return c >= 0 && c < ' '; }));
    }
  }
}

TEST_CASE("a long text is cut off, but not inside of a character") {
  std::string text(199, 'x');
  for (int i = 0; i < 1000; ++i) text += "\xe2\x82\xac";
  const std::string shown = quoted_text(text);
  CHECK(shown == "\"" + text.substr(0, 202) + "\"...");
}

}  // namespace
}  // namespace sam6d
