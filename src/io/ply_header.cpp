#include "io/ply_header.hpp"

#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/fail.hpp"
#include "io/text_lines.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 20U;

/// 0 for an unknown type.
std::size_t bytes_of_type(std::string_view type) {
  constexpr std::array<std::pair<std::string_view, std::size_t>, 16> kTypes{{{"char", 1},
                                                                             {"uchar", 1},
                                                                             {"int8", 1},
                                                                             {"uint8", 1},
                                                                             {"short", 2},
                                                                             {"ushort", 2},
                                                                             {"int16", 2},
                                                                             {"uint16", 2},
                                                                             {"int", 4},
                                                                             {"uint", 4},
                                                                             {"int32", 4},
                                                                             {"uint32", 4},
                                                                             {"float", 4},
                                                                             {"float32", 4},
                                                                             {"double", 8},
                                                                             {"float64", 8}}};
  for (const auto& [name, bytes] : kTypes) {
    if (name == type) return bytes;
  }
  return 0;
}

PlyElement read_element(LineWords words, std::string_view line, const std::string& source) {
  PlyElement element;
  element.name = words.next();
  const std::string_view digits = words.next();
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), element.count);
  if (element.name.empty() || digits.empty() || error != std::errc{} ||
      end != digits.data() + digits.size()) {
    fail(ErrorCode::kBadFile, "{}: expected 'element NAME COUNT' in the PLY header, found '{}'",
         source, excerpt(line));
  }
  return element;
}

PlyProperty read_property(LineWords words, std::string_view line, const std::string& source) {
  PlyProperty property;
  std::string_view type = words.next();
  if (type == "list") {
    property.is_list = true;
    type = words.next();
    property.item_bytes = bytes_of_type(words.next());
  }
  property.bytes = bytes_of_type(type);
  property.name = words.next();
  if (property.bytes == 0 || (property.is_list && property.item_bytes == 0) ||
      property.name.empty()) {
    fail(ErrorCode::kBadFile,
         "{}: expected 'property TYPE NAME' or 'property list TYPE TYPE NAME' in the PLY header, "
         "found '{}'",
         source, excerpt(line));
  }
  return property;
}

}  // namespace

PlyHeader read_ply_header(std::string_view file, const std::string& source) {
  TextLines lines(file.substr(0, kMaxHeaderBytes));
  if (lines.next() != "ply") {
    fail(ErrorCode::kBadFile, "{}: expected a PLY file, which starts with the line 'ply'", source);
  }
  PlyHeader header;
  bool has_format = false;
  while (const std::optional<std::string_view> line = lines.next()) {
    LineWords words(*line);
    const std::string_view keyword = words.next();
    if (keyword == "end_header") {
      if (!has_format) {
        fail(ErrorCode::kBadFile, "{}: expected a 'format' in the PLY header, found none", source);
      }
      header.bytes = lines.position();
      return header;
    }
    if (keyword == "format") {
      const std::string_view format = words.next();
      header.ascii = format == "ascii";
      header.big_endian = format == "binary_big_endian";
      has_format = header.ascii || header.big_endian || format == "binary_little_endian";
      if (!has_format) {
        fail(ErrorCode::kBadFile, "{}: expected the PLY format ascii or binary, found '{}'", source,
             excerpt(format));
      }
    } else if (keyword == "element") {
      header.elements.push_back(read_element(words, *line, source));
    } else if (keyword == "property") {
      if (header.elements.empty()) {
        fail(ErrorCode::kBadFile, "{}: the PLY header has a property before the first element",
             source);
      }
      header.elements.back().properties.push_back(read_property(words, *line, source));
    } else if (keyword != "comment" && keyword != "obj_info" && !keyword.empty()) {
      fail(ErrorCode::kBadFile, "{}: the PLY header has the unknown line '{}'", source,
           excerpt(*line));
    }
  }
  fail(ErrorCode::kBadFile, "{}: expected a PLY header that ends with 'end_header'", source);
}

}  // namespace sam6d
