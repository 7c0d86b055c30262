#include "io/obj_file.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <map>
#include <utility>

#include "base/fail.hpp"
#include "base/logging.hpp"
#include "io/mesh_format.hpp"
#include "io/text_lines.hpp"

namespace sam6d {
namespace {

/// The lines of an OBJ file; one that ends in a backslash goes on in the next.
class Statements {
 public:
  explicit Statements(std::string_view text) : lines_(text) {}

  /// Valid until the next call.
  std::optional<std::string_view> next() {
    std::optional<std::string_view> line = take();
    if (!line || !line->ends_with('\\')) return line;
    joined_.clear();
    while (line) {
      const bool goes_on = line->ends_with('\\');
      joined_ += goes_on ? line->substr(0, line->size() - 1) : *line;
      joined_ += ' ';
      if (!goes_on) break;
      line = take();
    }
    return joined_;
  }
  [[nodiscard]] std::size_t line_number() const { return line_number_; }

 private:
  std::optional<std::string_view> take() {
    ++line_number_;
    return lines_.next();
  }

  TextLines lines_;
  std::string joined_;
  std::size_t line_number_ = 0;
};

bool is_number(std::string_view word) { return parsed_number(word).has_value(); }

/// The numbers with which a line goes on, at most `most`.
std::vector<std::string_view> numbers(LineWords words, std::size_t most) {
  std::vector<std::string_view> result;
  for (std::string_view word = words.next(); is_number(word); word = words.next()) {
    result.push_back(word);
    if (result.size() == most) break;
  }
  return result;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const std::size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

/// What follows the keyword.
std::string_view rest_of(std::string_view line) {
  line = trimmed(line);
  return trimmed(line.substr(std::min(line.find_first_of(" \t"), line.size())));
}

void append_line(std::string& text, std::string_view keyword,
                 std::span<const std::string_view> numbers) {
  text += keyword;
  for (const std::string_view number : numbers) {
    text += ' ';
    append_number(text, number);
  }
  text += '\n';
}

class ObjReader {
 public:
  ObjReader(const std::string& source, const MeshLimits& limits)
      : source_(source), limits_(limits) {}

  ObjFile read(std::string_view text) {
    count(text);
    Statements statements(text);
    while (const std::optional<std::string_view> line = statements.next()) {
      line_number_ = statements.line_number();
      read_line(*line);
    }
    if (result_.faces.empty() || vertices_ == 0) {
      fail(ErrorCode::kBadMesh,
           "{}: expected an OBJ file with vertices ('v') and faces ('f'), found {} and {}", source_,
           vertices_, faces_);
    }
    return std::move(result_);
  }

 private:
  /// First pass: how many of what there are, and whether all vertices have colours.
  void count(std::string_view text) {
    std::size_t colored = 0;
    Statements statements(text);
    while (const std::optional<std::string_view> line = statements.next()) {
      LineWords words(*line);
      const std::string_view keyword = words.next();
      if (keyword == "v") {
        ++all_vertices_;
        colored += numbers(words, 6).size() == 6 ? 1 : 0;
      } else if (keyword == "vt") {
        ++all_uvs_;
      } else if (keyword == "f") {
        ++faces_;
      }
    }
    check_mesh_counts(std::max(all_vertices_, all_uvs_), faces_, source_, limits_);
    has_colors_ = colored == all_vertices_;
    if (colored > 0 && !has_colors_) {
      log_warning("{}: only {} of {} vertices have colours, which are passed over", source_,
                  colored, all_vertices_);
    }
  }

  void read_line(std::string_view line) {
    LineWords words(line);
    const std::string_view keyword = words.next();
    if (keyword == "v") {
      const std::vector<std::string_view> found = numbers(words, has_colors_ ? 6 : 3);
      if (found.size() < 3) refuse("three numbers", line);
      append_line(result_.vertices, "v", found);
      ++vertices_;
    } else if (keyword == "vt") {
      std::vector<std::string_view> found = numbers(words, 2);
      if (found.empty()) refuse("one to three numbers", line);
      if (found.size() == 1) found.emplace_back("0");
      append_line(result_.vertices, "vt", found);
      ++uvs_;
    } else if (keyword == "f") {
      read_face(words, line);
    } else if (keyword == "usemtl") {
      material_ = rest_of(line);
    } else if (keyword == "mtllib") {
      result_.libraries.emplace_back(rest_of(line));
    }
  }

  [[noreturn]] void refuse(std::string_view expected, std::string_view line) const {
    fail(ErrorCode::kBadFile, "{}: expected {} in line {}, found '{}'", source_, expected,
         line_number_, excerpt(line));
  }

  struct Corner {
    std::size_t vertex = 0;
    std::size_t uv = 0;  ///< 0: none
  };

  /// An index of a face, which counts from 1 or, if negative, back from the latest.
  std::size_t index(std::string_view word, std::size_t so_far, std::size_t all,
                    std::string_view line) const {
    long long value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
    if (error != std::errc{} || end != word.data() + word.size() || value == 0) {
      refuse("indices from 1 on", line);
    }
    const long long from_one = value > 0 ? value : static_cast<long long>(so_far) + 1 + value;
    if (from_one < 1 || from_one > static_cast<long long>(all)) {
      refuse(fmt::format("indices up to {}", all), line);
    }
    return static_cast<std::size_t>(from_one);
  }

  void read_face(LineWords words, std::string_view line) {
    std::vector<Corner> corners;
    for (std::string_view word = words.next(); !word.empty() && word[0] != '#';
         word = words.next()) {
      const std::size_t slash = word.find('/');
      Corner corner;
      corner.vertex = index(word.substr(0, slash), vertices_, all_vertices_, line);
      if (slash != std::string_view::npos) {
        const std::string_view rest = word.substr(slash + 1);
        const std::string_view uv = rest.substr(0, rest.find('/'));
        if (!uv.empty()) corner.uv = index(uv, uvs_, all_uvs_, line);
      }
      corners.push_back(corner);
    }
    if (corners.size() < 3) refuse("a face of three or more vertices", line);
    const bool has_uvs = std::all_of(corners.begin(), corners.end(),
                                     [](const Corner& corner) { return corner.uv > 0; });
    std::string& text = faces_of_material();
    text += 'f';
    for (const Corner& corner : corners) {
      text += ' ';
      text += std::to_string(corner.vertex);
      if (has_uvs) text += '/' + std::to_string(corner.uv);
    }
    text += '\n';
  }

  std::string& faces_of_material() {
    const auto [at, is_new] = place_of_.try_emplace(material_, result_.faces.size());
    if (is_new) result_.faces.push_back({material_, {}});
    return result_.faces[at->second].text;
  }

  const std::string& source_;
  const MeshLimits& limits_;
  ObjFile result_;
  std::map<std::string, std::size_t> place_of_;
  std::string material_;
  std::size_t line_number_ = 0;
  std::size_t all_vertices_ = 0;
  std::size_t all_uvs_ = 0;
  std::size_t faces_ = 0;
  std::size_t vertices_ = 0;  ///< so far
  std::size_t uvs_ = 0;       ///< so far
  bool has_colors_ = false;
};

/// The name of a file behind the options of a texture ("-s 1 1 1", "-clamp on", ...).
std::string_view texture_name(std::string_view text) {
  while (text.starts_with('-')) {
    LineWords words(text);
    const std::string_view option = words.next();
    const std::size_t most = option == "-s" || option == "-o" || option == "-t" ? 3
                             : option == "-mm"                                  ? 2
                                                                                : 1;
    text = trimmed(text.substr(option.size()));
    for (std::size_t i = 0; i < most; ++i) {
      const std::string_view word = LineWords(text).next();
      if (most > 1 && !is_number(word)) break;
      text = trimmed(text.substr(word.size()));
    }
  }
  return text;
}

}  // namespace

ObjFile read_obj(std::string_view file, const std::string& source, const MeshLimits& limits) {
  if (file.find('\0') != std::string_view::npos) {
    fail(ErrorCode::kBadFile, "{}: expected an OBJ file, which is text, found binary data", source);
  }
  return ObjReader(source, limits).read(file);
}

std::vector<ObjMaterial> read_mtl(std::string_view file) {
  constexpr std::size_t kLongestName = 1024;
  std::vector<ObjMaterial> materials;
  Statements statements(file);
  while (const std::optional<std::string_view> line = statements.next()) {
    LineWords words(*line);
    const std::string_view keyword = words.next();
    const std::string_view rest = rest_of(*line).substr(0, kLongestName);
    if (keyword == "newmtl") {
      materials.push_back({std::string(rest), {}, {}});
    } else if (materials.empty()) {
      continue;
    } else if (keyword == "Kd") {
      const std::vector<std::string_view> found = numbers(words, 3);
      if (found.size() != 3) continue;
      materials.back().diffuse.clear();
      append_line(materials.back().diffuse, "Kd", found);
    } else if (keyword == "map_Kd") {
      materials.back().texture = texture_name(rest);
    }
  }
  return materials;
}

PlainObj plain_obj(const ObjFile& file, std::span<const ObjMaterial> materials,
                   std::string_view mtl_name) {
  PlainObj plain;
  const auto find = [&](const std::string& name) {
    const auto at = std::find_if(materials.begin(), materials.end(),
                                 [&](const ObjMaterial& m) { return m.name == name; });
    return static_cast<std::size_t>(at - materials.begin());
  };
  for (std::size_t i = 0; i < materials.size(); ++i) {
    plain.mtl += fmt::format("newmtl material{}\n", i);
    plain.mtl += materials[i].diffuse;
    if (!materials[i].texture.empty()) plain.mtl += "map_Kd " + materials[i].texture + '\n';
  }
  if (!materials.empty()) plain.obj = fmt::format("mtllib {}\n", mtl_name);
  plain.obj += file.vertices;
  std::string with_material;
  for (const ObjFaces& faces : file.faces) {
    const std::size_t i = find(faces.material);
    if (i == materials.size()) {
      plain.obj += faces.text;
    } else {
      with_material += fmt::format("usemtl material{}\n", i) + faces.text;
    }
  }
  plain.obj += with_material;
  return plain;
}

}  // namespace sam6d
