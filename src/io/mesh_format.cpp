#include "io/mesh_format.hpp"

#include <algorithm>
#include <array>

#include "base/fail.hpp"

namespace sam6d {
namespace {

constexpr std::array kFormats{MeshFormat::kPly, MeshFormat::kObj, MeshFormat::kStl,
                              MeshFormat::kGltf, MeshFormat::kGlb};

}  // namespace

std::string_view file_ending(MeshFormat format) noexcept {
  switch (format) {
    case MeshFormat::kPly: return "ply";
    case MeshFormat::kObj: return "obj";
    case MeshFormat::kStl: return "stl";
    case MeshFormat::kGltf: return "gltf";
    case MeshFormat::kGlb: return "glb";
  }
  return "";
}

MeshFormat mesh_format(const std::filesystem::path& name) {
  std::string ending = name.extension().string();
  std::transform(ending.begin(), ending.end(), ending.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  for (const MeshFormat format : kFormats) {
    if (ending.size() > 1 && ending.substr(1) == file_ending(format)) return format;
  }
  fail(ErrorCode::kBadFile,
       "{}: expected a mesh file (.ply, .obj, .stl, .gltf or .glb), found '{}'", name.string(),
       ending);
}

void check_mesh_counts(std::size_t vertices, std::size_t faces, const std::string& source,
                       const MeshLimits& limits) {
  if (vertices > limits.max_vertices || faces > limits.max_faces) {
    fail(ErrorCode::kBadMesh, "{}: expected at most {} vertices and {} faces, found {} and {}",
         source, limits.max_vertices, limits.max_faces, vertices, faces);
  }
}

void check_mesh_file(std::span<const std::byte> file, MeshFormat format, const std::string& source,
                     const MeshLimits& limits) {
  if (file.empty()) fail(ErrorCode::kBadFile, "{}: expected a mesh, found an empty file", source);
  const std::string_view text(reinterpret_cast<const char*>(file.data()), file.size());
  switch (format) {
    case MeshFormat::kPly: return check_ply(text, source, limits);
    case MeshFormat::kObj: return;
    case MeshFormat::kStl: return check_stl(text, source, limits);
    case MeshFormat::kGltf: return check_gltf(text, source, limits);
    case MeshFormat::kGlb: return check_glb(text, source, limits);
  }
}

}  // namespace sam6d
