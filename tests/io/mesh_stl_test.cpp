#include <cstdint>
#include <cstring>
#include <string>

#include <doctest/doctest.h>

#include "sam6d/mesh_io.hpp"
#include "support/errors.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

template <class T>
void put(std::string& bytes, const T& value) {
  bytes.append(reinterpret_cast<const char*>(&value), sizeof(value));
}

std::string binary_stl(const TriangleMesh& mesh, const std::string& title = "made by a test") {
  std::string bytes = title;
  bytes.resize(80, ' ');
  put(bytes, static_cast<std::uint32_t>(mesh.faces.size()));
  for (const Eigen::Vector3i& face : mesh.faces) {
    for (int i = 0; i < 3; ++i) put(bytes, 0.0F);  // normals are often left out
    for (int i = 0; i < 3; ++i) {
      const Eigen::Vector3f& vertex = mesh.vertices_m[static_cast<std::size_t>(face[i])];
      for (int axis = 0; axis < 3; ++axis) put(bytes, vertex[axis]);
    }
    put(bytes, std::uint16_t{0});
  }
  return bytes;
}

TriangleMesh load(const std::string& bytes) {
  return mesh_from_bytes(std::as_bytes(std::span(bytes)), "part.STL", LengthUnit::kMetre);
}

TEST_CASE("a binary STL, whose triangles are put together") {
  const TriangleMesh box = test::box({0.1F, 0.07F, 0.03F}, 4);
  for (const char* const title : {"made by a test", "solid although binary"}) {
    const TriangleMesh mesh = load(binary_stl(box, title));
    CHECK(mesh.faces.size() == box.faces.size());
    CHECK(mesh.vertices_m.size() == 6 * 4 * 4 + 2);
    CHECK(test::enclosed_volume(mesh) == doctest::Approx(0.1 * 0.07 * 0.03));
    CHECK_FALSE(mesh.has_color());
  }
}

TEST_CASE("an STL of text") {
  const TriangleMesh mesh = load(
      "solid part\n facet normal 0 0 1\n  outer loop\n   vertex 0 0 0\n   vertex 0.1 0 0\n   "
      "vertex 0 0.1 0\n  endloop\n endfacet\n facet normal 0 0 1\n  outer loop\n   vertex 0.1 0 0\n"
      "   vertex 0.1 0.1 0\n   vertex 0 0.1 0\n  endloop\n endfacet\nendsolid part\n");
  CHECK(mesh.faces.size() == 2);
  CHECK(mesh.vertices_m.size() == 4);
  CHECK(test::surface_area(mesh) == doctest::Approx(0.01));
}

TEST_CASE("STL files that are cut off, lie about their size or hold nothing") {
  const auto refused = [](const std::string& bytes, const std::string& reason) {
    const auto error = test::error_of([&] { (void)load(bytes); });
    CHECK(test::mentions(error, "part.STL"));
    CHECK_MESSAGE(test::mentions(error, reason), (error ? error->what() : "no error"));
  };
  const std::string whole = binary_stl(test::box({0.1F, 0.1F, 0.1F}));
  refused(whole.substr(0, whole.size() - 1), "50 bytes a facet");
  refused(whole.substr(0, 60), "50 bytes a facet");
  std::string many = whole;
  const std::uint32_t count = 4'000'000'000U;
  std::memcpy(many.data() + 80, &count, sizeof(count));
  refused(many, "4000000000");
  refused(binary_stl(TriangleMesh{}), "none");
  refused("solid part\nendsolid part\n", "none");
  refused("a text about meshes\n", "solid");
}

}  // namespace
}  // namespace sam6d
