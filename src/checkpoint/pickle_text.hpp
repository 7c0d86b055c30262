#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "checkpoint/pickle_value.hpp"

namespace sam6d {

/// The bytes that a text is in Latin-1; nothing where it has other characters.
[[nodiscard]] std::optional<std::string> latin1_bytes(std::string_view utf8);

/// The number whose two's complement, little endian, the bytes are.
[[nodiscard]] PickleValue long_value(std::string bytes);

}  // namespace sam6d
