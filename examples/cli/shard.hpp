#pragma once

#include <cstddef>
#include <string>

namespace sam6d::cli {

/// One part of work that several processes share: every `count`-th piece.
struct Shard {
  int index = 1;  ///< 1 .. count
  int count = 1;

  [[nodiscard]] bool has(std::size_t piece) const {
    return piece % static_cast<std::size_t>(count) == static_cast<std::size_t>(index - 1);
  }
};

/// Reads "2/8". Throws UsageError.
[[nodiscard]] Shard parse_shard(const std::string& text);

}  // namespace sam6d::cli
