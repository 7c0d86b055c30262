#include <bit>
#include <cstring>
#include <vector>

#include "base/fail.hpp"
#include "mesh/surface_color.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/mesh_io.hpp"

namespace sam6d {
namespace {

static_assert(std::endian::native == std::endian::little, "numbers are written as they stand");

template <class T>
void append(std::vector<std::byte>& bytes, const T& value) {
  const std::size_t at = bytes.size();
  bytes.resize(at + sizeof(T));
  std::memcpy(bytes.data() + at, &value, sizeof(T));
}

std::vector<Rgb8> colors_at_vertices(const TriangleMesh& mesh) {
  if (mesh.texture.empty() || mesh.uvs.empty()) return mesh.vertex_colors;
  std::vector<Rgb8> colors;
  colors.reserve(mesh.uvs.size());
  for (const Eigen::Vector2f& uv : mesh.uvs) {
    colors.push_back(to_rgb8(texture_color(mesh.texture, uv)));
  }
  return colors;
}

}  // namespace

void save_mesh_ply(const std::filesystem::path& path, const TriangleMesh& mesh, LengthUnit unit) {
  const std::vector<Rgb8> colors = colors_at_vertices(mesh);
  if (!colors.empty() && colors.size() != mesh.vertices_m.size()) {
    fail(ErrorCode::kInvalidArgument, "{}: expected a colour a vertex ({}), found {}",
         path.string(), mesh.vertices_m.size(), colors.size());
  }
  const std::string header = fmt::format(
      "ply\nformat binary_little_endian 1.0\ncomment unit of length: {}\nelement vertex {}\n"
      "property float x\nproperty float y\nproperty float z\n{}element face {}\n"
      "property list uchar int vertex_indices\nend_header\n",
      to_string(unit), mesh.vertices_m.size(),
      colors.empty() ? "" : "property uchar red\nproperty uchar green\nproperty uchar blue\n",
      mesh.faces.size());
  std::vector<std::byte> bytes;
  bytes.reserve(header.size() + 15 * mesh.vertices_m.size() + 13 * mesh.faces.size());
  for (const char c : header) bytes.push_back(static_cast<std::byte>(c));
  const double scale = 1.0 / metres_per(unit);
  for (std::size_t i = 0; i < mesh.vertices_m.size(); ++i) {
    const Eigen::Vector3f point = (scale * mesh.vertices_m[i].cast<double>()).cast<float>();
    for (int axis = 0; axis < 3; ++axis) append(bytes, point[axis]);
    if (!colors.empty()) append(bytes, colors[i]);
  }
  for (const Eigen::Vector3i& face : mesh.faces) {
    append(bytes, std::uint8_t{3});
    for (int corner = 0; corner < 3; ++corner) append(bytes, face[corner]);
  }
  write_file(path, bytes);
}

}  // namespace sam6d
