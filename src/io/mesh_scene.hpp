#pragma once

#include <string>

#include "io/mesh_parts.hpp"

struct aiScene;

namespace sam6d {

/// What Assimp read from a file of this format, one part for every use of a mesh by a node.
[[nodiscard]] MeshParts parts_of(const aiScene& scene, MeshFormat format, const MeshFolder& folder,
                                 const std::string& source, const MeshLoadOptions& options);

}  // namespace sam6d
