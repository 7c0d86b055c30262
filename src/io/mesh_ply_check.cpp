#include <algorithm>
#include <optional>
#include <span>

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

/// Assimp aborts the process on faces of fewer than three vertices and reads outside of its memory
/// for others than these.
void check_face(std::size_t face, std::size_t corners, const std::string& source) {
  if (corners < 3) {
    fail(ErrorCode::kBadFile, "{}: expected three or more vertices of face {}, found {}", source,
         face, corners);
  }
}

void check_index(std::size_t face, double index, std::size_t vertices, const std::string& source) {
  if (!(index >= 0 && index < static_cast<double>(vertices))) {
    fail(ErrorCode::kBadMesh, "{}: expected indices of 0 to {} in face {}, found {}", source,
         vertices - 1, face, index);
  }
}

bool is_index_list(const PlyElement& element, const PlyProperty& property) {
  return element.name == "face" && property.is_list &&
         (property.name == "vertex_indices" || property.name == "vertex_index");
}

/// Walks through the numbers of the element number `at` on a line, which must have no others.
void check_line(const PlyElement& element, std::size_t at, std::string_view line,
                std::size_t vertices, const std::string& source) {
  LineWords words(line);
  const auto refuse = [&]() {
    fail(ErrorCode::kBadFile, "{}: expected number {} of '{}' on a line of its own, found '{}'",
         source, at, excerpt(element.name), excerpt(line));
  };
  // Assimp loses memory over whole numbers that are written as 1.0 or 1e0.
  const auto number = [&](std::string_view type) {
    const std::string_view word = words.next();
    const std::optional<double> value = parsed_number(word);
    if (!value) refuse();
    if (is_whole_type(type) && word.find_first_not_of("+-0123456789") != std::string_view::npos) {
      refuse();
    }
    return *value;
  };
  for (const PlyProperty& property : element.properties) {
    const double value = number(property.type);
    if (!property.is_list) continue;
    if (value < 0) refuse();
    // More items than the line has words end in an error below.
    const auto items = static_cast<std::size_t>(std::min(value, 1e9));
    const bool indices = is_index_list(element, property);
    if (indices) check_face(at, items, source);
    for (std::size_t i = 0; i < items; ++i) {
      const double item = number(property.item_type);
      if (indices) check_index(at, item, vertices, source);
    }
  }
  if (!words.next().empty()) refuse();
}

void check_text(const PlyHeader& header, std::string_view data, std::size_t vertices,
                const std::string& source) {
  TextLines lines(data);
  for (const PlyElement& element : header.elements) {
    for (std::size_t i = 0; i < element.count; ++i) {
      const std::optional<std::string_view> line = next_ply_line(lines);
      if (!line) too_short(element, i, source);
      check_line(element, i, *line, vertices, source);
    }
  }
}

class BinaryCheck {
 public:
  BinaryCheck(const PlyHeader& header, std::string_view data, std::size_t vertices,
              const std::string& source)
      : header_(header),
        data_(std::as_bytes(std::span(data))),
        vertices_(vertices),
        source_(source) {}

  void run() {
    for (const PlyElement& element : header_.elements) {
      const bool has_lists =
          std::any_of(element.properties.begin(), element.properties.end(),
                      [](const PlyProperty& property) { return property.is_list; });
      if (has_lists) {
        for (std::size_t i = 0; i < element.count; ++i) check_lists(element, i);
      } else {
        skip_numbers(element);
      }
    }
  }

 private:
  [[nodiscard]] std::size_t left() const { return data_.size() - at_; }

  void skip_numbers(const PlyElement& element) {
    const std::size_t each = element.min_bytes(false);
    if (each > 0 && element.count > left() / each) too_short(element, left() / each, source_);
    at_ += element.count * each;
  }

  /// A whole number of 1, 2 or 4 bytes; negative ones come out huge.
  [[nodiscard]] std::size_t number(std::size_t at, std::size_t bytes) const {
    return header_.big_endian ? big_endian(data_, at, bytes) : little_endian(data_, at, bytes);
  }

  void check_lists(const PlyElement& element, std::size_t i) {
    for (const PlyProperty& property : element.properties) {
      if (property.bytes > left()) too_short(element, i, source_);
      const std::size_t items = property.is_list ? number(at_, property.bytes) : 0;
      at_ += property.bytes;
      if (items > left() / std::max<std::size_t>(1, property.item_bytes)) {
        too_short(element, i, source_);
      }
      if (is_index_list(element, property)) {
        check_face(i, items, source_);
        for (std::size_t j = 0; j < items; ++j) {
          const std::size_t index = number(at_ + j * property.item_bytes, property.item_bytes);
          check_index(i, static_cast<double>(index), vertices_, source_);
        }
      }
      at_ += items * property.item_bytes;
    }
  }

  const PlyHeader& header_;
  std::span<const std::byte> data_;
  std::size_t vertices_;
  const std::string& source_;
  std::size_t at_ = 0;
};

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
    check_text(header, data, vertices->count, source);
  } else {
    BinaryCheck(header, data, vertices->count, source).run();
  }
}

}  // namespace sam6d
