#include <utility>

#include <doctest/doctest.h>

#include "io/mesh_parts.hpp"
#include "support/log_capture.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

constexpr Rgb8 kRed{200, 30, 20};
constexpr Rgb8 kBlue{10, 40, 220};

MeshPart box_part() {
  MeshPart part;
  part.mesh = test::box({0.1F, 0.1F, 0.1F});
  return part;
}

MeshPart textured_part(std::size_t texture) {
  MeshPart part = box_part();
  part.texture = texture;
  part.mesh.uvs.assign(part.mesh.vertices_m.size(), {0.5F, 0.5F});
  return part;
}

TEST_CASE("no parts make an empty mesh, parts without colours a mesh without") {
  CHECK(merged({}, "part.ply", {}).faces.empty());
  MeshParts parts;
  parts.parts = {box_part(), box_part()};
  const TriangleMesh mesh = merged(std::move(parts), "part.ply", {});
  CHECK(mesh.faces.size() == 24);
  CHECK(mesh.vertices_m.size() == 2 * box_part().mesh.vertices_m.size());
  CHECK_FALSE(mesh.has_color());
}

TEST_CASE("textures beside vertex colours become vertex colours") {
  const test::LogCapture log;
  MeshParts parts;
  parts.textures.emplace_back(4, 4, kRed);
  parts.parts = {textured_part(0), box_part(), box_part()};
  parts.parts[1].mesh.vertex_colors.assign(parts.parts[1].mesh.vertices_m.size(), kBlue);
  const std::size_t count = parts.parts[0].mesh.vertices_m.size();
  const TriangleMesh mesh = merged(std::move(parts), "part.ply", {});
  CHECK(mesh.texture.empty());
  CHECK(mesh.uvs.empty());
  REQUIRE(mesh.vertex_colors.size() == 3 * count);
  CHECK(mesh.vertex_colors[0] == kRed);
  CHECK(mesh.vertex_colors[count] == kBlue);
  CHECK(mesh.vertex_colors[2 * count].r == mesh.vertex_colors[2 * count].g);  // grey: unknown
  CHECK(log.mentions("vertex colours"));
}

TEST_CASE("one texture of several tints stands in the atlas once a tint") {
  MeshParts parts;
  parts.textures.emplace_back(10, 10, Rgb8{200, 200, 200});
  parts.parts = {textured_part(0), textured_part(0), textured_part(0)};
  parts.parts[1].color = Rgb8{255, 0, 0};
  parts.parts[2].color = Rgb8{255, 0, 0};
  const TriangleMesh mesh = merged(std::move(parts), "part.ply", {});
  CHECK(mesh.texture.width() * mesh.texture.height() < 3 * 14 * 14);
  const auto pixel = [&](std::size_t vertex) {
    const Eigen::Vector2f uv = mesh.uvs[vertex];
    return mesh.texture(static_cast<int>(uv.x() * static_cast<float>(mesh.texture.width())),
                        static_cast<int>(uv.y() * static_cast<float>(mesh.texture.height())));
  };
  const std::size_t count = mesh.uvs.size() / 3;
  CHECK(pixel(0) == Rgb8{200, 200, 200});
  CHECK(pixel(count) == Rgb8{200, 0, 0});
  CHECK(pixel(2 * count) == Rgb8{200, 0, 0});
}

TEST_CASE("an index out of range does not reach into another part") {
  MeshParts parts;
  parts.parts = {box_part(), box_part()};
  const auto count = static_cast<int>(parts.parts[0].mesh.vertices_m.size());
  parts.parts[0].mesh.faces.emplace_back(0, 1, count);
  const TriangleMesh mesh = merged(std::move(parts), "part.ply", {});
  CHECK(mesh.faces[12].minCoeff() < 0);
}

}  // namespace
}  // namespace sam6d
