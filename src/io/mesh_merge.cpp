#include <algorithm>
#include <utility>

#include "base/logging.hpp"
#include "io/mesh_atlas.hpp"
#include "io/mesh_parts.hpp"
#include "mesh/surface_color.hpp"

namespace sam6d {
namespace {

constexpr Rgb8 kUnknownColor{128, 128, 128};

std::vector<Rgb8> sampled_at_vertices(const MeshPart& part, const Image<Rgb8>& texture) {
  std::vector<Rgb8> colors;
  colors.reserve(part.mesh.uvs.size());
  for (const Eigen::Vector2f& uv : part.mesh.uvs) {
    colors.push_back(uv.allFinite() ? tinted(to_rgb8(texture_color(texture, uv)), part.color)
                                    : kUnknownColor);
  }
  return colors;
}

/// Gives every part vertex colours.
void color_vertices(MeshParts& parts) {
  for (MeshPart& part : parts.parts) {
    if (part.texture) {
      part.mesh.vertex_colors = sampled_at_vertices(part, parts.textures[*part.texture]);
    } else if (part.mesh.vertex_colors.empty()) {
      part.mesh.vertex_colors.assign(part.mesh.vertices_m.size(),
                                     part.color.value_or(kUnknownColor));
    }
    part.mesh.uvs.clear();
  }
}

bool have_one_texture(const MeshParts& parts) {
  const MeshPart& first = parts.parts.front();
  return std::all_of(parts.parts.begin(), parts.parts.end(), [&](const MeshPart& part) {
    return part.texture && part.texture == first.texture && part.color == first.color;
  });
}

void append(TriangleMesh& mesh, const TriangleMesh& part) {
  const auto first = static_cast<int>(mesh.vertices_m.size());
  const auto add = [](auto& to, const auto& from) {
    to.insert(to.end(), from.begin(), from.end());
  };
  add(mesh.vertices_m, part.vertices_m);
  add(mesh.vertex_colors, part.vertex_colors);
  add(mesh.uvs, part.uvs);
  const auto count = static_cast<int>(part.vertices_m.size());
  for (const Eigen::Vector3i& face : part.faces) {
    // An index out of range must not reach into another part.
    const bool usable = face.minCoeff() >= 0 && face.maxCoeff() < count;
    mesh.faces.push_back(usable ? Eigen::Vector3i(face.array() + first)
                                : Eigen::Vector3i::Constant(-1));
  }
}

}  // namespace

TriangleMesh merged(MeshParts parts, const std::string& source, const MeshLoadOptions& options) {
  TriangleMesh mesh;
  if (parts.parts.empty()) return mesh;
  const auto any = [&](auto&& holds) {
    return std::any_of(parts.parts.begin(), parts.parts.end(), holds);
  };
  const bool textured = any([](const MeshPart& part) { return part.texture.has_value(); });
  const bool painted = any([](const MeshPart& part) { return !part.mesh.vertex_colors.empty(); });
  const bool colored = any([](const MeshPart& part) { return part.color.has_value(); });
  if (textured && !painted) {
    if (have_one_texture(parts)) {
      mesh.texture = tinted(std::move(parts.textures[*parts.parts.front().texture]),
                            parts.parts.front().color);
    } else {
      mesh.texture = put_into_atlas(parts, kUnknownColor, source, options.max_texture_side_px);
    }
  } else if (textured || painted || colored) {
    if (textured) {
      log_warning(
          "{}: some parts have vertex colours, some textures; textures became vertex colours",
          source);
    }
    color_vertices(parts);
  }
  for (const MeshPart& part : parts.parts) append(mesh, part.mesh);
  return mesh;
}

}  // namespace sam6d
