#include <limits>
#include <utility>

#include "base/fail.hpp"
#include "io/mesh_format.hpp"
#include "io/mesh_parts.hpp"
#include "io/mesh_unit.hpp"
#include "mesh/weld.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/mesh_io.hpp"

namespace sam6d {
namespace {

TriangleMesh scaled(TriangleMesh mesh, double factor) {
  for (Eigen::Vector3f& vertex : mesh.vertices_m) {
    vertex = (factor * vertex.cast<double>()).cast<float>();
  }
  return mesh;
}

TriangleMesh load(std::span<const std::byte> file, const std::filesystem::path& name,
                  std::optional<LengthUnit> unit, const MeshFolder& folder,
                  const MeshLoadOptions& options) {
  const std::string source = name.string();
  const MeshFormat format = mesh_format(name);
  check_mesh_file(file, format, source, options.limits);
  TriangleMesh mesh =
      merged(read_mesh_parts(file, format, folder, source, options), source, options);
  // These come with vertices of its own for every face.
  if (format == MeshFormat::kObj || format == MeshFormat::kStl) mesh = welded(std::move(mesh));

  MeshLimits any_size = options.limits;
  any_size.min_diameter_m = 0;
  any_size.max_diameter_m = std::numeric_limits<double>::infinity();
  mesh = repaired(std::move(mesh), source, any_size);
  if (!unit) unit = inferred_unit(diameter_m(mesh), source);
  return repaired(scaled(std::move(mesh), metres_per(*unit)), source, options.limits);
}

}  // namespace

void MeshLoadOptions::validate() const {
  if (max_texture_side_px < 1 || max_texture_side_px > 16384) {
    fail(ErrorCode::kInvalidArgument, "max_texture_side_px: expected 1..16384, found {}",
         max_texture_side_px);
  }
  if (!(limits.min_diameter_m >= 0) || !(limits.max_diameter_m >= limits.min_diameter_m)) {
    fail(ErrorCode::kInvalidArgument, "limits: expected 0 <= min_diameter_m <= max_diameter_m");
  }
}

TriangleMesh load_mesh(const std::filesystem::path& path, std::optional<LengthUnit> unit,
                       const MeshLoadOptions& options) {
  options.validate();
  (void)mesh_format(path);  // before a large file of another format is read
  const std::vector<std::byte> file = read_file(path, options.max_file_bytes);
  const std::filesystem::path folder = path.has_parent_path() ? path.parent_path() : ".";
  return load(file, path, unit, MeshFolder(folder, options.max_file_bytes), options);
}

TriangleMesh mesh_from_bytes(std::span<const std::byte> bytes, const std::filesystem::path& name,
                             std::optional<LengthUnit> unit, const MeshLoadOptions& options) {
  options.validate();
  return load(bytes, name, unit, MeshFolder({}, options.max_file_bytes), options);
}

}  // namespace sam6d
