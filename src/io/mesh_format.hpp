#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>

#include "sam6d/mesh.hpp"

namespace sam6d {

enum class MeshFormat { kPly, kObj, kStl, kGltf, kGlb };

/// From the ending of the name. Throws Error(kBadFile) for another one.
[[nodiscard]] MeshFormat mesh_format(const std::filesystem::path& name);
/// "ply", "obj", "stl", "gltf" or "glb".
[[nodiscard]] std::string_view file_ending(MeshFormat format) noexcept;

/// Looks at what a file announces, before anything is allocated for it: it must be of its format,
/// hold what it says and stay within the limits. Throws Error(kBadFile) or Error(kBadMesh), naming
/// `source`.
void check_mesh_file(std::span<const std::byte> file, MeshFormat format, const std::string& source,
                     const MeshLimits& limits);

// One check a format; an OBJ file is checked where it is read (obj_file.hpp).
void check_ply(std::string_view file, const std::string& source, const MeshLimits& limits);
void check_stl(std::string_view file, const std::string& source, const MeshLimits& limits);
void check_gltf(std::string_view file, const std::string& source, const MeshLimits& limits);
void check_glb(std::string_view file, const std::string& source, const MeshLimits& limits);

/// Throws Error(kBadMesh) for numbers of vertices or faces beyond the limits.
void check_mesh_counts(std::size_t vertices, std::size_t faces, const std::string& source,
                       const MeshLimits& limits);

}  // namespace sam6d
