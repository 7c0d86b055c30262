#include <cstdint>

#include "base/fail.hpp"
#include "io/byte_reader.hpp"
#include "io/mesh_format.hpp"
#include "io/text_lines.hpp"

namespace sam6d {

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
