#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <string>

#include <doctest/doctest.h>

#include "io/temporary_folder.hpp"
#include "mesh/surface_color.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/mesh_io.hpp"
#include "support/errors.hpp"
#include "support/log_capture.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

constexpr float kFromFloat_m = 1e-8F;  // rounding of float millimetres at 0.1 m

const std::string kTetrahedron =
    "ply\nformat ascii 1.0\ncomment made by hand\nelement vertex 4\nproperty float x\n"
    "property float y\nproperty float z\nproperty uchar red\nproperty uchar green\n"
    "property uchar blue\nelement face 4\nproperty list uchar int vertex_indices\nend_header\n"
    "0 0 0 10 20 30\n100 0 0 40 50 60\n0 100 0 70 80 90\n0 0 100 100 110 120\n"
    "3 0 2 1\n3 0 1 3\n3 0 3 2\n3 1 2 3\n";

TriangleMesh from_text(const std::string& text, const std::string& name = "part.ply",
                       std::optional<LengthUnit> unit = LengthUnit::kMillimetre,
                       const MeshLoadOptions& options = {}) {
  return mesh_from_bytes(std::as_bytes(std::span(text)), name, unit, options);
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

void check_refused(const std::string& text, ErrorCode code, const std::string& reason) {
  const auto error = test::error_of([&] { (void)from_text(text); });
  REQUIRE(error);
  CHECK_MESSAGE(error->code() == code, error->what());
  CHECK_MESSAGE(test::mentions(error, "part.ply"), error->what());
  CHECK_MESSAGE(test::mentions(error, reason), error->what());
  CHECK_FALSE(test::mentions(error, "\n"));
}

TEST_CASE("an ascii PLY with vertex colours") {
  const TriangleMesh mesh = from_text(kTetrahedron);
  REQUIRE(mesh.vertices_m.size() == 4);
  CHECK(mesh.vertices_m[1] == Eigen::Vector3f(0.1F, 0.0F, 0.0F));
  CHECK(mesh.faces == std::vector<Eigen::Vector3i>{{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}});
  REQUIRE(mesh.vertex_colors.size() == 4);
  CHECK(mesh.vertex_colors[2] == Rgb8{70, 80, 90});
  CHECK(mesh.has_color());
  CHECK(test::enclosed_volume(mesh) == doctest::Approx(1e-3 / 6));
}

TEST_CASE("a PLY without colours has none") {
  std::string text = kTetrahedron;
  for (const char* const line :
       {"property uchar red\n", "property uchar green\n", "property uchar blue\n", " 10 20 30",
        " 40 50 60", " 70 80 90", " 100 110 120"}) {
    text = replaced(text, line, "");
  }
  CHECK_FALSE(from_text(text).has_color());
}

TEST_CASE("lines may end in carriage returns") {
  std::string text;
  for (const char c : kTetrahedron) text += c == '\n' ? std::string("\r\n") : std::string(1, c);
  CHECK(from_text(text).faces.size() == 4);
}

TEST_CASE("a PLY that names a texture") {
  const test::TemporaryFolder folder;
  Image<Rgb8> picture(8, 8, {10, 20, 200});
  for (int x = 0; x < 8; ++x) picture(x, 0) = picture(x, 1) = {200, 20, 10};
  save_png(folder.path() / "paint.png", picture.view());
  const auto path = folder.file(
      "part.ply",
      "ply\nformat ascii 1.0\ncomment TextureFile paint.png\nelement vertex 3\nproperty float x\n"
      "property float y\nproperty float z\nproperty float texture_u\nproperty float texture_v\n"
      "element face 1\nproperty list uchar int vertex_indices\nend_header\n"
      "0 0 0 0.5 0.95\n100 0 0 0.5 0.9\n0 100 0 0.5 0.1\n3 0 1 2\n");
  const TriangleMesh mesh = load_mesh(path, LengthUnit::kMillimetre);
  CHECK(mesh.texture.width() == 8);
  REQUIRE(mesh.uvs.size() == 3);
  // v points upwards in the file: 0.95 is in the first row.
  CHECK(mesh.uvs[0].isApprox(Eigen::Vector2f(0.5F, 0.05F), 1e-4F));
  CHECK(to_rgb8(texture_color(mesh.texture, mesh.uvs[1])) == Rgb8{200, 20, 10});
  CHECK(to_rgb8(texture_color(mesh.texture, mesh.uvs[2])) == Rgb8{10, 20, 200});
}

TEST_CASE("a texture of a PLY that is missing, damaged or without coordinates is told of") {
  const test::TemporaryFolder folder;
  folder.file("damaged.png", "this is no picture");
  save_png(folder.path() / "paint.png", Image<Rgb8>(2, 2, {200, 20, 10}).view());
  const auto load = [&](const std::string& texture, const std::string& names) {
    return load_mesh(
        folder.file("part.ply", "ply\nformat ascii 1.0\ncomment TextureFile " + texture +
                                    "\nelement vertex 3\nproperty float x\nproperty float y\n"
                                    "property float z\nproperty float " +
                                    names +
                                    "\nelement face 1\nproperty list uchar int vertex_indices\n"
                                    "end_header\n0 0 0 0.5 0.9\n0.1 0 0 0.5 0.9\n"
                                    "0 0.1 0 0.5 0.1\n3 0 1 2\n"),
        LengthUnit::kMetre);
  };
  for (const std::string name : {"missing.png", "damaged.png", "../paint.jpg"}) {
    const test::LogCapture log;
    CHECK_FALSE(load(name, "s\nproperty float t").has_color());
    CHECK(log.messages().size() == 1);
    CHECK(log.mentions(name));
  }
  const test::LogCapture log;
  CHECK_FALSE(load("paint.png", "quality\nproperty float height").has_color());
  CHECK(log.messages().size() == 1);
  CHECK(log.mentions("no texture coordinates"));
}

TEST_CASE("texture coordinates may stand with the faces") {
  const test::TemporaryFolder folder;
  Image<Rgb8> picture(8, 8, {10, 20, 200});
  for (int x = 0; x < 4; ++x) {
    for (int y = 0; y < 8; ++y) picture(x, y) = {200, 20, 10};
  }
  save_png(folder.path() / "paint.png", picture.view());
  const auto path = folder.file(
      "part.ply",
      "ply\nformat ascii 1.0\ncomment TextureFile paint.png\nelement vertex 4\nproperty float x\n"
      "property float y\nproperty float z\nelement face 2\n"
      "property list uchar int vertex_indices\nproperty list uchar float texcoord\nend_header\n"
      "0 0 0\n0.1 0 0\n0 0.1 0\n0.1 0.1 0\n"
      "3 0 1 2 6 0.2 0.5 0.2 0.5 0.2 0.5\n3 2 1 3 6 0.8 0.5 0.8 0.5 0.8 0.5\n");
  const TriangleMesh mesh = load_mesh(path, LengthUnit::kMetre);
  REQUIRE(mesh.faces.size() == 2);
  REQUIRE(mesh.uvs.size() == mesh.vertices_m.size());
  const auto color_of = [&](std::size_t face) {
    return to_rgb8(
        texture_color(mesh.texture, mesh.uvs[static_cast<std::size_t>(mesh.faces[face][0])]));
  };
  CHECK(color_of(0) == Rgb8{200, 20, 10});
  CHECK(color_of(1) == Rgb8{10, 20, 200});
}

TEST_CASE("polygons are cut into triangles") {
  const TriangleMesh mesh = from_text(
      "ply\nformat ascii 1.0\nelement vertex 5\nproperty double x\nproperty double y\n"
      "property double z\nelement face 1\nproperty list uchar uint vertex_index\nend_header\n"
      "0 0 0\n100 0 0\n100 100 0\n50 150 0\n0 100 0\n5 0 1 2 3 4\n");
  CHECK(mesh.faces.size() == 3);
  CHECK(test::surface_area(mesh) == doctest::Approx(0.0125));
}

TEST_CASE("a big-endian PLY") {
  std::string text =
      "ply\nformat binary_big_endian 1.0\nelement vertex 3\nproperty float x\nproperty float y\n"
      "property float z\nelement face 1\nproperty list uchar int vertex_indices\nend_header\n";
  const auto put = [&](auto value) {
    char bytes[sizeof(value)];
    std::memcpy(bytes, &value, sizeof(value));
    text.append(std::make_reverse_iterator(bytes + sizeof(value)),
                std::make_reverse_iterator(bytes));
  };
  for (const float x : {0.0F, 0.0F, 0.0F, 30.0F, 0.0F, 0.0F, 0.0F, 40.0F, 0.0F}) put(x);
  text += '\3';
  for (const int i : {0, 1, 2}) put(i);
  const TriangleMesh mesh = from_text(text);
  REQUIRE(mesh.vertices_m.size() == 3);
  CHECK(diameter_m(mesh) == doctest::Approx(0.05));
}

TEST_CASE("what is saved is loaded again") {
  const test::TemporaryFolder folder;
  TriangleMesh mesh = test::box({0.1F, 0.07F, 0.03F}, 7);
  for (std::size_t i = 0; i < mesh.vertices_m.size(); ++i) {
    mesh.vertex_colors.push_back(
        {static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(255 - i % 256), 13});
  }
  for (const LengthUnit unit : {LengthUnit::kMillimetre, LengthUnit::kMetre, LengthUnit::kInch}) {
    const auto path = folder.path() / "box.ply";
    save_mesh_ply(path, mesh, unit);
    const TriangleMesh loaded = load_mesh(path, unit);
    REQUIRE(loaded.vertices_m.size() == mesh.vertices_m.size());
    for (std::size_t i = 0; i < mesh.vertices_m.size(); ++i) {
      CHECK((loaded.vertices_m[i] - mesh.vertices_m[i]).norm() < kFromFloat_m);
    }
    CHECK(loaded.faces == mesh.faces);
    CHECK(loaded.vertex_colors == mesh.vertex_colors);
  }
  CHECK(folder.count() == 1);
}

TEST_CASE("binary data may begin with bytes that look like spaces and ends of lines") {
  const test::TemporaryFolder folder;
  for (const char first : {'\n', '\r', ' ', '\t', '\v', '\0', 'c', '0'}) {
    TriangleMesh mesh = test::box({0.1F, 0.1F, 0.1F});
    auto bits = std::bit_cast<std::uint32_t>(mesh.vertices_m[0].x());
    bits = (bits & 0xffffff00U) | static_cast<unsigned char>(first);
    mesh.vertices_m[0].x() = std::bit_cast<float>(bits);
    save_mesh_ply(folder.path() / "box.ply", mesh, LengthUnit::kMetre);
    const TriangleMesh loaded = load_mesh(folder.path() / "box.ply", LengthUnit::kMetre);
    CHECK(loaded.vertices_m == mesh.vertices_m);
    CHECK(loaded.faces == mesh.faces);
  }
}

TEST_CASE("a texture is saved as vertex colours") {
  const test::TemporaryFolder folder;
  TriangleMesh mesh = test::box({0.1F, 0.1F, 0.1F});
  mesh.texture = Image<Rgb8>(2, 1, {200, 0, 0});
  mesh.texture(1, 0) = {0, 0, 200};
  mesh.uvs.assign(mesh.vertices_m.size(), {0.25F, 0.5F});
  mesh.uvs[3] = {0.75F, 0.5F};
  save_mesh_ply(folder.path() / "box.ply", mesh, LengthUnit::kMetre);
  const TriangleMesh loaded = load_mesh(folder.path() / "box.ply", LengthUnit::kMetre);
  REQUIRE(loaded.vertex_colors.size() == mesh.vertices_m.size());
  CHECK(loaded.vertex_colors[0] == Rgb8{200, 0, 0});
  CHECK(loaded.vertex_colors[3] == Rgb8{0, 0, 200});
}

TEST_CASE("a folder that is not there cannot be written to") {
  const auto error = test::error_of([] {
    save_mesh_ply("/nowhere/at/all.ply", test::box({1, 1, 1}), LengthUnit::kMetre);
  });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kWriteFailed);
}

TEST_CASE("faces and vertices that cannot be used are dropped and told of") {
  const test::LogCapture log;
  std::string text = replaced(kTetrahedron, "element face 4", "element face 5") + "3 1 1 2\n";
  CHECK(from_text(text).faces.size() == 4);
  CHECK(log.mentions("1 degenerate"));
}

TEST_CASE("vertices that are not numbers") {
  const test::LogCapture log;
  const std::string text = replaced(kTetrahedron, "0 0 100 ", "0 nan 100 ");
  check_refused(text, ErrorCode::kBadMesh, "not a number");
}

TEST_CASE("a few vertices that are not numbers cost their faces") {
  const test::TemporaryFolder folder;
  TriangleMesh mesh = test::box({0.1F, 0.1F, 0.1F}, 3);
  const std::size_t faces = mesh.faces.size();
  const Eigen::Vector3i last = mesh.faces.back();
  for (int corner = 0; corner < 3; ++corner) {  // a face of its own
    mesh.vertices_m.push_back(mesh.vertices_m[static_cast<std::size_t>(last[corner])]);
    mesh.faces.back()[corner] = static_cast<int>(mesh.vertices_m.size()) - 1;
  }
  for (const float bad : {std::nanf(""), INFINITY, -INFINITY}) {
    mesh.vertices_m.back().y() = bad;
    save_mesh_ply(folder.path() / "box.ply", mesh, LengthUnit::kMetre);
    const test::LogCapture log;
    const TriangleMesh loaded = load_mesh(folder.path() / "box.ply", LengthUnit::kMetre);
    CHECK(loaded.faces.size() == faces - 1);
    CHECK(log.mentions("1 with a vertex that is not a number"));
  }
}

TEST_CASE("a header that announces more than the file holds is refused before anything is read") {
  check_refused(replaced(kTetrahedron, "element face 4", "element face 4000000000"),
                ErrorCode::kBadMesh, "4000000000");
  check_refused(replaced(kTetrahedron, "element face 4", "element face 40000"), ErrorCode::kBadFile,
                "too short");
  check_refused(replaced(kTetrahedron, "element vertex 4", "element vertex 18446744073709551615"),
                ErrorCode::kBadMesh, "18446744073709551615");
  check_refused(replaced(kTetrahedron, "element vertex 4", "element vertex -4"),
                ErrorCode::kBadFile, "element NAME COUNT");
  check_refused(replaced(kTetrahedron, "element face",
                         "element other 99999999999\nproperty int "
                         "a\nelement face"),
                ErrorCode::kBadFile, "too short");
}

TEST_CASE("headers that are wrong") {
  check_refused("", ErrorCode::kBadFile, "empty");
  check_refused("hello\n", ErrorCode::kBadFile, "starts with");
  check_refused("ply\n", ErrorCode::kBadFile, "end_header");
  check_refused("ply\nend_header\n", ErrorCode::kBadFile, "format");
  check_refused(replaced(kTetrahedron, "ascii", "morse"), ErrorCode::kBadFile, "morse");
  check_refused(replaced(kTetrahedron, "float x", "quaternion x"), ErrorCode::kBadFile,
                "quaternion");
  check_refused(replaced(kTetrahedron, "list uchar int", "list uchar string"), ErrorCode::kBadFile,
                "list");
  check_refused(replaced(kTetrahedron, "comment made", "remark made"), ErrorCode::kBadFile,
                "remark");
  check_refused(replaced(kTetrahedron, "element vertex 4\n", ""), ErrorCode::kBadFile,
                "before the first element");
  check_refused(replaced(kTetrahedron, "float z", "float w"), ErrorCode::kBadMesh, "x, y and z");
}

TEST_CASE("a point cloud is no mesh") {
  check_refused(replaced(kTetrahedron, "element face 4", "element face 0"), ErrorCode::kBadMesh,
                "4 points without faces");
}

TEST_CASE("a file cut off anywhere in its data is refused") {
  const std::size_t data = kTetrahedron.find("end_header") + 11;
  for (std::size_t size = data; size + 2 < kTetrahedron.size(); ++size) {
    check_refused(kTetrahedron.substr(0, size), ErrorCode::kBadFile, "");
  }
  const test::TemporaryFolder folder;
  save_mesh_ply(folder.path() / "box.ply", test::box({0.1F, 0.1F, 0.1F}), LengthUnit::kMillimetre);
  const std::string binary = read_text_file(folder.path() / "box.ply");
  for (std::size_t size = binary.find("end_header"); size < binary.size(); ++size) {
    check_refused(binary.substr(0, size), ErrorCode::kBadFile, "");
  }
}

TEST_CASE("comments and blank lines among the data") {
  const std::string text = replaced(kTetrahedron, "3 0 1 3\n", "\n3 0 1 3\n");
  CHECK(from_text(text).faces.size() == 4);
}

TEST_CASE("faces that point outside of the vertices, or have too few") {
  check_refused(replaced(kTetrahedron, "3 1 2 3\n", "3 1 2 9999999\n"), ErrorCode::kBadMesh,
                "0 to 3 in face 3");
  check_refused(replaced(kTetrahedron, "3 1 2 3\n", "3 1 2 -1\n"), ErrorCode::kBadMesh,
                "0 to 3 in face 3, found -1");
  check_refused(replaced(kTetrahedron, "3 1 2 3\n", "2 1 2\n"), ErrorCode::kBadFile,
                "three or more");
  check_refused(replaced(kTetrahedron, "3 1 2 3\n", "x 1 2 3\n"), ErrorCode::kBadFile, "number 3");
  check_refused(replaced(kTetrahedron, "0 100 0 70", "0 1OO 0 70"), ErrorCode::kBadFile,
                "number 2 of 'vertex'");
  std::string text =
      "ply\nformat binary_little_endian 1.0\nelement vertex 1\nproperty float x\nproperty float y\n"
      "property float z\nelement face 1\nproperty list uchar short vertex_indices\nend_header\n";
  text += std::string(12, '\0') + std::string("\3\0\0\0\0\1\0", 7);
  check_refused(text, ErrorCode::kBadMesh, "found 1");
  text[text.size() - 7] = '\2';
  check_refused(text, ErrorCode::kBadFile, "three or more");
}

TEST_CASE("whole numbers are written as such") {
  check_refused(replaced(kTetrahedron, "0 0 0 10 20 30", "0 0 0 10.0 20 30"), ErrorCode::kBadFile,
                "number 0 of 'vertex'");
  check_refused(replaced(kTetrahedron, "3 1 2 3\n", "3.0 1 2 3\n"), ErrorCode::kBadFile,
                "number 3");
  check_refused(replaced(kTetrahedron, "3 1 2 3\n", "3 1 2 3e0\n"), ErrorCode::kBadFile,
                "number 3");
  check_refused(replaced(kTetrahedron, "3 1 2 3\n", "-3 1 2 3\n"), ErrorCode::kBadFile, "number 3");
}

TEST_CASE("headers that say a thing twice, or count in fractions") {
  check_refused(replaced(kTetrahedron, "float y", "float x"), ErrorCode::kBadFile, "'x'");
  check_refused(replaced(kTetrahedron, "element face", "element vertex"), ErrorCode::kBadFile,
                "'vertex' twice");
  check_refused(replaced(kTetrahedron, "list uchar int", "list float int"), ErrorCode::kBadFile,
                "property list");
  check_refused(replaced(kTetrahedron, "list uchar int", "list uchar float"), ErrorCode::kBadFile,
                "property list");
}

TEST_CASE("sizes beyond the limits") {
  MeshLoadOptions options;
  options.limits.max_vertices = 3;
  const auto error = test::error_of(
      [&] { (void)from_text(kTetrahedron, "part.ply", LengthUnit::kMillimetre, options); });
  CHECK(test::mentions(error, "at most 3 vertices"));

  const test::TemporaryFolder folder;
  const auto path = folder.file("part.ply", kTetrahedron);
  options = {};
  options.max_file_bytes = 100;
  CHECK(test::mentions(test::error_of([&] { (void)load_mesh(path, {}, options); }),
                       "at most 100 bytes"));
  options.max_texture_side_px = 0;
  CHECK(test::mentions(test::error_of([&] { (void)load_mesh(path, {}, options); }),
                       "max_texture_side_px"));
}

TEST_CASE("files that are not there, folders, and names of other kinds") {
  const test::TemporaryFolder folder;
  const auto missing = test::error_of([&] { (void)load_mesh(folder.path() / "missing.ply"); });
  REQUIRE(missing);
  CHECK(missing->code() == ErrorCode::kFileNotFound);
  std::filesystem::create_directory(folder.path() / "folder.ply");
  CHECK(test::error_of([&] { (void)load_mesh(folder.path() / "folder.ply"); }));
  const auto other = test::error_of([&] { (void)load_mesh(folder.file("mesh.step", "ISO")); });
  CHECK(test::mentions(other, ".ply"));
}

}  // namespace
}  // namespace sam6d
