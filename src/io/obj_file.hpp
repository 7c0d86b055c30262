#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sam6d/mesh.hpp"

namespace sam6d {

// Assimp's OBJ reader can be made to write outside of its memory by files that contradict
// themselves (see docs/reliability.md). It therefore never sees a file of others: what is used of
// an OBJ file and its material files is checked here and written down anew for it.

/// Faces of one material.
struct ObjFaces {
  std::string material;  ///< empty: none
  std::string text;      ///< "f" lines with absolute indices
};

struct ObjFile {
  std::string vertices;  ///< "v" and "vt" lines
  std::vector<ObjFaces> faces;
  std::vector<std::string> libraries;  ///< names of material files
};

struct ObjMaterial {
  std::string name;
  std::string diffuse;  ///< a "Kd" line; empty: not given
  std::string texture;  ///< name of a file; empty: none
};

/// Throws Error(kBadFile) or Error(kBadMesh), naming `source` and the line. Normals, groups, lines
/// and curves are passed over; colours of vertices are when not all have them.
[[nodiscard]] ObjFile read_obj(std::string_view file, const std::string& source,
                               const MeshLimits& limits);

/// Takes any text; what is no material is passed over.
[[nodiscard]] std::vector<ObjMaterial> read_mtl(std::string_view file);

/// A pair of files that says the same; the materials' names are numbers. `mtl` stands for a file of
/// the name `mtl_name`.
struct PlainObj {
  std::string obj;
  std::string mtl;
};
[[nodiscard]] PlainObj plain_obj(const ObjFile& file, std::span<const ObjMaterial> materials,
                                 std::string_view mtl_name);

}  // namespace sam6d
