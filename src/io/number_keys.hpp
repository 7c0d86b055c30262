#pragma once

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

#include "base/fail.hpp"
#include "io/json_cursor.hpp"

namespace sam6d {

/// The members of an object whose keys are ids ("0", "12"), sorted by id.
inline std::vector<std::pair<int, JsonCursor>> numbered_members(const JsonCursor& object) {
  std::vector<std::pair<int, JsonCursor>> result;
  for (auto& [key, member] : object.members()) {
    int id = -1;
    const auto [end, error] = std::from_chars(key.data(), key.data() + key.size(), id);
    if (error != std::errc{} || end != key.data() + key.size() || id < 0) {
      fail(ErrorCode::kBadFile, "{}: expected ids as names, found \"{}\"", object.where(), key);
    }
    result.emplace_back(id, std::move(member));
  }
  std::sort(result.begin(), result.end(),
            [](const auto& a, const auto& b) { return a.first < b.first; });
  return result;
}

}  // namespace sam6d
