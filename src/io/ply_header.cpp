#include "io/ply_header.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <utility>

#include "base/fail.hpp"
#include "io/text_lines.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kMaxHeaderBytes = std::size_t{1} << 20U;

/// What of vertices and faces is used.
constexpr std::array<std::string_view, 19> kVertexProperties{"x",
                                                             "y",
                                                             "z",
                                                             "red",
                                                             "green",
                                                             "blue",
                                                             "alpha",
                                                             "diffuse_red",
                                                             "diffuse_green",
                                                             "diffuse_blue",
                                                             "diffuse_alpha",
                                                             "u",
                                                             "v",
                                                             "s",
                                                             "t",
                                                             "tx",
                                                             "ty",
                                                             "texture_u",
                                                             "texture_v"};
constexpr std::array<std::string_view, 3> kFaceProperties{"vertex_indices", "vertex_index",
                                                          "texcoord"};

template <class Names>
bool is_among(const Names& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

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
  property.type = words.next();
  if (property.type == "list") {
    property.is_list = true;
    property.type = words.next();
    property.item_type = words.next();
    property.item_bytes = bytes_of_type(property.item_type);
  }
  property.bytes = bytes_of_type(property.type);
  property.name = words.next();
  const bool counts_in_fractions =
      property.is_list &&
      (!is_whole_type(property.type) ||
       (property.name.starts_with("vertex_ind") && !is_whole_type(property.item_type)));
  if (property.bytes == 0 || counts_in_fractions ||
      (property.is_list && property.item_bytes == 0) || property.name.empty()) {
    fail(ErrorCode::kBadFile,
         "{}: expected 'property TYPE NAME' or 'property list TYPE TYPE NAME' in the PLY header, "
         "found '{}'",
         source, excerpt(line));
  }
  return property;
}

std::string plain_header(const PlyHeader& header) {
  std::string text =
      fmt::format("ply\nformat {} 1.0\n", header.ascii        ? "ascii"
                                          : header.big_endian ? "binary_big_endian"
                                                              : "binary_little_endian");
  for (const std::string_view texture : header.textures) {
    text += fmt::format("comment TextureFile {}\n", texture);
  }
  int unused = 0;
  for (const PlyElement& element : header.elements) {
    const bool is_vertex = element.name == "vertex";
    const bool is_face = element.name == "face";
    text += is_vertex || is_face ? fmt::format("element {} {}\n", element.name, element.count)
                                 : fmt::format("element unused{} {}\n", unused++, element.count);
    for (const PlyProperty& property : element.properties) {
      const bool is_used = (is_vertex && is_among(kVertexProperties, property.name)) ||
                           (is_face && is_among(kFaceProperties, property.name));
      text += property.is_list
                  ? fmt::format("property list {} {} ", property.type, property.item_type)
                  : fmt::format("property {} ", property.type);
      text += is_used ? fmt::format("{}\n", property.name) : fmt::format("unused{}\n", unused++);
    }
  }
  // Assimp ends the line at the carriage return and, in binary files, then drops one line feed,
  // which must not be the first byte of the data.
  return text + (header.ascii ? "end_header\n" : "end_header\r\n");
}

}  // namespace

bool is_whole_type(std::string_view type) {
  return !type.starts_with("float") && !type.starts_with("double");
}

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
      const PlyElement& added = header.elements.back();
      if (header.find(added.name) != &added) {
        fail(ErrorCode::kBadFile, "{}: the PLY header has the element '{}' twice", source,
             excerpt(added.name));
      }
    } else if (keyword == "property") {
      if (header.elements.empty()) {
        fail(ErrorCode::kBadFile, "{}: the PLY header has a property before the first element",
             source);
      }
      PlyElement& element = header.elements.back();
      PlyProperty property = read_property(words, *line, source);
      if (element.has(property.name)) {
        fail(ErrorCode::kBadFile, "{}: the PLY header has the property '{}' of '{}' twice", source,
             excerpt(property.name), excerpt(element.name));
      }
      element.properties.push_back(property);
    } else if (keyword == "comment" && words.next() == "TextureFile") {
      header.textures.push_back(words.next());
    } else if (keyword != "comment" && keyword != "obj_info" && !keyword.empty()) {
      fail(ErrorCode::kBadFile, "{}: the PLY header has the unknown line '{}'", source,
           excerpt(*line));
    }
  }
  fail(ErrorCode::kBadFile, "{}: expected a PLY header that ends with 'end_header'", source);
}

std::optional<std::string_view> next_ply_line(TextLines& lines) {
  std::optional<std::string_view> line = lines.next();
  while (line && (LineWords(*line).next().empty() || line->starts_with("comment"))) {
    line = lines.next();
  }
  return line;
}

std::string plain_ply(std::string_view file, const PlyHeader& header) {
  std::string text = plain_header(header);
  const std::string_view data = file.substr(header.bytes);
  text.reserve(text.size() + data.size());
  if (!header.ascii) return text += data;
  TextLines lines(data);
  for (const PlyElement& element : header.elements) {
    for (std::size_t i = 0; i < element.count; ++i) {
      LineWords words(next_ply_line(lines).value_or(std::string_view()));
      for (std::string_view word = words.next(); !word.empty(); word = words.next()) {
        append_number(text, word);
        text += ' ';
      }
      text.back() = '\n';
    }
  }
  return text;
}

}  // namespace sam6d
