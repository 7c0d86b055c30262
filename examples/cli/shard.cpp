#include "shard.hpp"

#include <charconv>
#include <system_error>

#include "errors.hpp"

namespace sam6d::cli {

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* const end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  if (index.ec == std::errc{} && index.ptr != end && *index.ptr == '/') {
    const auto count = std::from_chars(index.ptr + 1, end, shard.count);
    if (count.ec == std::errc{} && count.ptr == end && shard.count >= 1 && shard.count <= 100'000 &&
        shard.index >= 1 && shard.index <= shard.count) {
      return shard;
    }
  }
  fail_usage("--shard: expected i/n with i from 1 to n, found \"{}\"", text);
}

}  // namespace sam6d::cli
