#include "checkpoint/pickle_text.hpp"

#include <doctest/doctest.h>

namespace sam6d {
namespace {

using namespace std::string_literals;

TEST_CASE("Latin-1") {
  CHECK(latin1_bytes("") == "");
  CHECK(latin1_bytes("a\xc2\x80\xc3\xbf\0b"s.substr(0, 5)) == "a\x80\xff");
  CHECK(latin1_bytes("\xc4\x80") == std::nullopt);
}

TEST_CASE("numbers of any length") {
  const auto whole = [](const std::string& bytes) {
    const PickleValue value = long_value(bytes);
    REQUIRE(std::holds_alternative<std::int64_t>(value));
    return std::get<std::int64_t>(value);
  };
  CHECK(whole("") == 0);
  CHECK(whole("\x7f") == 127);
  CHECK(whole("\x80") == -128);
  CHECK(whole("\xff\0"s) == 255);
  CHECK(whole("\xff\xff\xff\xff\xff\xff\xff\x7f"s) == INT64_MAX);
  CHECK(whole("\0\0\0\0\0\0\0\x80"s) == INT64_MIN);
  CHECK(whole("\x01\0\0\0\0\0\0\0\0\0\0"s) == 1);
  CHECK(whole(std::string(20, '\xff')) == -1);
  const auto digits = [](const std::string& bytes) {
    const PickleValue value = long_value(bytes);
    REQUIRE(std::holds_alternative<PickleLong>(value));
    return std::get<PickleLong>(value).digits;
  };
  CHECK(digits("\xff\xff\xff\xff\xff\xff\xff\xff\0"s) == "\xff\xff\xff\xff\xff\xff\xff\xff\0"s);
  CHECK(digits("\0\0\0\0\0\0\0\0\xff"s) == "\0\0\0\0\0\0\0\0\xff"s);
}

}  // namespace
}  // namespace sam6d
