#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "io/text_lines.hpp"

namespace sam6d {

/// What the header of a PLY file announces; texts are views of the file.
struct PlyProperty {
  std::string_view name;
  std::string_view type;
  std::string_view item_type;  ///< of a list
  std::size_t bytes = 0;       ///< of the number, or of a list's count
  std::size_t item_bytes = 0;  ///< of a list's items
  bool is_list = false;
};

struct PlyElement {
  std::string_view name;
  std::size_t count = 0;
  std::vector<PlyProperty> properties;

  [[nodiscard]] bool has(std::string_view property) const {
    return std::any_of(properties.begin(), properties.end(),
                       [&](const PlyProperty& p) { return p.name == property; });
  }
  /// The least that one of it takes in the file: lists are empty, numbers have one digit.
  [[nodiscard]] std::size_t min_bytes(bool ascii) const {
    if (ascii) return 2 * properties.size();
    std::size_t bytes = 0;
    for (const PlyProperty& property : properties) bytes += property.bytes;
    return bytes;
  }
};

struct PlyHeader {
  bool ascii = false;
  bool big_endian = false;
  std::vector<PlyElement> elements;
  std::vector<std::string_view> textures;  ///< names of files
  std::size_t bytes = 0;

  [[nodiscard]] const PlyElement* find(std::string_view name) const {
    const auto at = std::find_if(elements.begin(), elements.end(),
                                 [&](const PlyElement& e) { return e.name == name; });
    return at == elements.end() ? nullptr : &*at;
  }
};

/// Whether the numbers of a type are whole ones; those of counts and indices are.
[[nodiscard]] bool is_whole_type(std::string_view type);

/// Throws Error(kBadFile), naming `source`.
[[nodiscard]] PlyHeader read_ply_header(std::string_view file, const std::string& source);

/// The lines of a PLY file's text data, one an instance; comments and blank lines are passed over.
[[nodiscard]] std::optional<std::string_view> next_ply_line(TextLines& lines);

/// A file that says the same in Assimp's words, for one that check_ply() has passed. What the
/// library has no use for gets names that say nothing, since Assimp comes off its way over some
/// (see docs/reliability.md).
[[nodiscard]] std::string plain_ply(std::string_view file, const PlyHeader& header);

}  // namespace sam6d
