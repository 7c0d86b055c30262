#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string_view>

#include "sam6d/export.hpp"
#include "sam6d/mesh.hpp"

/// Mesh files: PLY (ascii, binary; vertex colours, textures), OBJ with MTL, STL, glTF and GLB are
/// read (Assimp), binary PLY is written. Files carry no unit of length; see load_mesh().
namespace sam6d {

enum class LengthUnit { kMetre, kCentimetre, kMillimetre, kInch };

/// "m", "cm", "mm" or "in", and the words in British or American spelling. Throws
/// Error(kInvalidArgument).
[[nodiscard]] SAM6D_API LengthUnit parse_length_unit(std::string_view text);
/// "m", "cm", "mm" or "in".
[[nodiscard]] SAM6D_API std::string_view to_string(LengthUnit unit) noexcept;
[[nodiscard]] SAM6D_API double metres_per(LengthUnit unit) noexcept;

struct MeshLoadOptions {
  /// Of the mesh file, and of any other file that it names.
  std::uint64_t max_file_bytes = std::uint64_t{512} << 20U;
  MeshLimits limits;
  bool load_textures = true;
  /// Larger textures are shrunk.
  int max_texture_side_px = 4096;

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

/// Loads a mesh in metres. The format follows from the name's ending (.ply, .obj, .stl, .gltf,
/// .glb). Without `unit` the file is taken to be in millimetres or in metres, whichever gives a
/// diameter of 5 mm to 5 m, and the choice is logged; where neither or both do, this is an error
/// that gives both readings.
///
/// Several parts are put together with the transforms of their nodes; where their textures differ,
/// these are put into one. Textures and material files are looked for beside the mesh; without them
/// the mesh keeps the colours of its materials, which is logged. What can be repaired is, see
/// repaired(). Throws Error(kFileNotFound), Error(kBadFile) for a file that is no mesh of its
/// format and Error(kBadMesh) for a mesh that cannot be used, all of them with the file's name.
[[nodiscard]] SAM6D_API TriangleMesh load_mesh(const std::filesystem::path& path,
                                               std::optional<LengthUnit> unit = std::nullopt,
                                               const MeshLoadOptions& options = {});

/// The same from memory. `name` tells the format by its ending and stands in messages; files that
/// the mesh names are not there.
[[nodiscard]] SAM6D_API TriangleMesh mesh_from_bytes(std::span<const std::byte> bytes,
                                                     const std::filesystem::path& name,
                                                     std::optional<LengthUnit> unit = std::nullopt,
                                                     const MeshLoadOptions& options = {});

/// Writes a binary PLY of vertices, faces and, if the mesh has any, vertex colours (a texture is
/// sampled at the vertices). Throws Error(kWriteFailed); then an older file of that name is as it
/// was.
SAM6D_API void save_mesh_ply(const std::filesystem::path& path, const TriangleMesh& mesh,
                             LengthUnit unit);

}  // namespace sam6d
