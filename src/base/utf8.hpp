#pragma once

#include <string>
#include <string_view>

namespace sam6d {

/// Whether it is UTF-8 as RFC 3629 has it: shortest forms, no surrogates.
[[nodiscard]] bool is_utf8(std::string_view text) noexcept;

/// A text from a file as it can stand in a message, whatever its bytes are: in quotes, what is
/// printable as it is, all else escaped, and cut off after 200 bytes. ({fmt}'s own {:?} ends the
/// process over some texts that are no UTF-8: seen with 9.1.)
[[nodiscard]] std::string quoted_text(std::string_view text);

}  // namespace sam6d
