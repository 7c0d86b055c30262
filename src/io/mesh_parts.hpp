#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "io/mesh_folder.hpp"
#include "io/mesh_format.hpp"
#include "sam6d/mesh_io.hpp"

namespace sam6d {

/// A piece of a mesh file that has one material, in the file's unit and frame. Its texture stands
/// in MeshParts.
struct MeshPart {
  TriangleMesh mesh;
  std::optional<std::size_t> texture;  ///< index into MeshParts::textures; then mesh has uvs
  std::optional<Rgb8> color;           ///< of the material; it tints the texture of a glTF file
};

struct MeshParts {
  std::vector<MeshPart> parts;
  std::vector<Image<Rgb8>> textures;
};

/// Reads a file that check_mesh_file() has passed. Throws Error(kBadFile) or Error(kBadMesh),
/// naming `source`.
[[nodiscard]] MeshParts read_mesh_parts(std::span<const std::byte> file, MeshFormat format,
                                        const MeshFolder& folder, const std::string& source,
                                        const MeshLoadOptions& options);

/// One mesh of all parts. Several textures, and the colours of parts without one, are put into one
/// texture; where textures meet vertex colours, all becomes vertex colours.
[[nodiscard]] TriangleMesh merged(MeshParts parts, const std::string& source,
                                  const MeshLoadOptions& options);

}  // namespace sam6d
