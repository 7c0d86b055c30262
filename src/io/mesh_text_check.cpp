#include <cstdint>

#include "base/fail.hpp"
#include "io/byte_reader.hpp"
#include "io/mesh_format.hpp"
#include "io/text_lines.hpp"

namespace sam6d {

void check_obj(std::string_view file, const std::string& source, const MeshLimits& limits) {
  if (file.find('\0') != std::string_view::npos) {
    fail(ErrorCode::kBadFile, "{}: expected an OBJ file, which is text, found binary data", source);
  }
  std::size_t vertices = 0;
  std::size_t faces = 0;
  TextLines lines(file);
  while (const std::optional<std::string_view> line = lines.next()) {
    const std::string_view keyword = LineWords(*line).next();
    vertices += keyword == "v" ? 1 : 0;
    faces += keyword == "f" ? 1 : 0;
  }
  if (vertices == 0 || faces == 0) {
    fail(ErrorCode::kBadMesh,
         "{}: expected an OBJ file with vertices ('v') and faces ('f'), found {} and {}", source,
         vertices, faces);
  }
  check_mesh_counts(vertices, faces, source, limits);
}

void check_stl(std::string_view file, const std::string& source, const MeshLimits& limits) {
  constexpr std::size_t kHeaderBytes = 84;
  constexpr std::size_t kFacetBytes = 50;
  constexpr std::size_t kCountAt = 80;
  std::size_t announced = 0;
  if (file.size() >= kHeaderBytes) {
    announced = little_endian(std::as_bytes(std::span(file)), kCountAt, 4);
  }
  const bool binary =
      file.size() >= kHeaderBytes && file.size() - kHeaderBytes == announced * kFacetBytes;
  std::size_t facets = announced;
  if (!binary) {
    const bool text = file.starts_with("solid") && file.find('\0') == std::string_view::npos;
    if (!text) {
      fail(ErrorCode::kBadFile,
           "{}: expected an STL file, either of text that starts with 'solid' or of 84 + 50 bytes "
           "a facet; found {} bytes that announce {} facets",
           source, file.size(), announced);
    }
    facets = 0;
    TextLines lines(file);
    while (const std::optional<std::string_view> line = lines.next()) {
      facets += LineWords(*line).next() == "facet" ? 1 : 0;
    }
  }
  if (facets == 0)
    fail(ErrorCode::kBadMesh, "{}: expected facets, found an STL file of none", source);
  check_mesh_counts(0, facets, source, limits);
}

}  // namespace sam6d
