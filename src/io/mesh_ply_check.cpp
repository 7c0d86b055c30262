#include <algorithm>
#include <charconv>
#include <optional>

#include "base/fail.hpp"
#include "io/byte_reader.hpp"
#include "io/mesh_format.hpp"
#include "io/ply_header.hpp"
#include "io/text_lines.hpp"

namespace sam6d {
namespace {

[[noreturn]] void too_short(const PlyElement& element, std::size_t found,
                            const std::string& source) {
  fail(ErrorCode::kBadFile,
       "{}: expected {} of '{}' as the PLY header says, found a file that ends in number {}",
       source, element.count, excerpt(element.name), found);
}

/// Refuses counts for which the file is too short however short its lists are.
void check_announced_sizes(const PlyHeader& header, std::string_view file,
                           const std::string& source) {
  std::size_t room = file.size() - header.bytes + 1;  // the last line may lack its end
  for (const PlyElement& element : header.elements) {
    const std::size_t bytes = std::max<std::size_t>(1, element.min_bytes(header.ascii));
    if (element.count > room / bytes) {
      fail(ErrorCode::kBadFile,
           "{}: the PLY header announces {} of '{}', for which the file of {} bytes is too short",
           source, element.count, excerpt(element.name), file.size());
    }
    room -= element.count * bytes;
  }
}

/// Whether a line has a word for every number that the element has.
bool is_whole(const PlyElement& element, std::string_view line) {
  LineWords words(line);
  for (const PlyProperty& property : element.properties) {
    const std::string_view word = words.next();
    if (word.empty()) return false;
    if (!property.is_list) continue;
    std::size_t items = 0;
    (void)std::from_chars(word.data(), word.data() + word.size(), items);
    for (; items > 0; --items) {
      if (words.next().empty()) return false;
    }
  }
  return true;
}

void check_text(const PlyHeader& header, std::string_view data, const std::string& source) {
  TextLines lines(data);
  for (const PlyElement& element : header.elements) {
    for (std::size_t i = 0; i < element.count; ++i) {
      std::optional<std::string_view> line = lines.next();
      while (line && (LineWords(*line).next().empty() || line->starts_with("comment"))) {
        line = lines.next();
      }
      if (!line) too_short(element, i, source);
      if (!is_whole(element, *line)) {
        fail(ErrorCode::kBadFile, "{}: expected number {} of '{}' on a line of its own, found '{}'",
             source, i, excerpt(element.name), excerpt(*line));
      }
    }
  }
}

void check_binary(const PlyHeader& header, std::string_view data, const std::string& source) {
  const auto bytes = std::as_bytes(std::span(data));
  std::size_t at = 0;
  for (const PlyElement& element : header.elements) {
    const bool has_lists =
        std::any_of(element.properties.begin(), element.properties.end(),
                    [](const PlyProperty& property) { return property.is_list; });
    if (!has_lists) {  // check_announced_sizes() made sure that this does not overflow
      const std::size_t each = element.min_bytes(false);
      if (each > 0 && element.count > (data.size() - at) / each) {
        too_short(element, (data.size() - at) / each, source);
      }
      at += element.count * each;
      continue;
    }
    for (std::size_t i = 0; i < element.count; ++i) {
      for (const PlyProperty& property : element.properties) {
        if (property.bytes > data.size() - at) too_short(element, i, source);
        std::size_t items_bytes = 0;
        if (property.is_list) {
          const std::size_t size = std::min<std::size_t>(property.bytes, 4);
          const std::size_t items = header.big_endian
                                        ? big_endian(bytes, at + property.bytes - size, size)
                                        : little_endian(bytes, at, size);
          items_bytes = items * property.item_bytes;
        }
        at += property.bytes;
        if (items_bytes > data.size() - at) too_short(element, i, source);
        at += items_bytes;
      }
    }
  }
}

}  // namespace

void check_ply(std::string_view file, const std::string& source, const MeshLimits& limits) {
  const PlyHeader header = read_ply_header(file, source);
  const PlyElement* const vertices = header.find("vertex");
  if (vertices == nullptr || !vertices->has("x") || !vertices->has("y") || !vertices->has("z")) {
    fail(ErrorCode::kBadMesh, "{}: expected vertices with x, y and z, found none in the PLY header",
         source);
  }
  const PlyElement* const faces = header.find("face");
  if (faces == nullptr || faces->count == 0 ||
      !(faces->has("vertex_indices") || faces->has("vertex_index"))) {
    fail(ErrorCode::kBadMesh,
         "{}: expected faces with vertex_indices, found {} points without faces", source,
         vertices->count);
  }
  check_mesh_counts(vertices->count, faces->count, source, limits);
  check_announced_sizes(header, file, source);
  const std::string_view data = file.substr(header.bytes);
  if (header.ascii) {
    check_text(header, data, source);
  } else {
    check_binary(header, data, source);
  }
}

}  // namespace sam6d
