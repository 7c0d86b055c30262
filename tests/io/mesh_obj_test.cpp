#include <cstdlib>
#include <string>
#include <utility>

#include <doctest/doctest.h>
#include <fmt/format.h>
#include <Eigen/LU>

#include "io/temporary_folder.hpp"
#include "mesh/surface_color.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/mesh_io.hpp"
#include "support/errors.hpp"
#include "support/log_capture.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

constexpr Rgb8 kRed{200, 30, 20};
constexpr Rgb8 kGreen{20, 180, 40};
constexpr Rgb8 kBlue{10, 40, 220};
constexpr int kFilter = 4;  // of 255: bilinear filtering between equal pixels, shrinking

/// A square of 0.1 m in the plane z with texture coordinates 0..1; `index` counts the squares
/// before it.
std::string square(int index, float z_m, const std::string& material, float repeat = 1.0F) {
  std::string text;
  for (const auto& [x, y] : {std::pair{0, 0}, {1, 0}, {1, 1}, {0, 1}}) {
    text += fmt::format("v {} {} {}\nvt {} {}\n", 0.1 * x, 0.1 * y, z_m,
                        repeat * static_cast<float>(x), repeat * static_cast<float>(y));
  }
  text += "usemtl " + material + "\nf";
  for (int i = 1; i <= 4; ++i) text += fmt::format(" {0}/{0}", 4 * index + i);
  return text + "\n";
}

/// Left half, right half of the upper row, all of the lower row.
Image<Rgb8> quarters(const Rgb8& upper_left, const Rgb8& upper_right, const Rgb8& lower) {
  Image<Rgb8> picture(64, 64, lower);
  for (int y = 0; y < 32; ++y) {
    for (int x = 0; x < 64; ++x) picture(x, y) = x < 32 ? upper_left : upper_right;
  }
  return picture;
}

bool is_near(const Rgb8& a, const Rgb8& b) {
  return std::abs(a.r - b.r) <= kFilter && std::abs(a.g - b.g) <= kFilter &&
         std::abs(a.b - b.b) <= kFilter;
}

/// The colour of the mesh at (x, y) of the square in the plane z.
Rgb8 color_at(const TriangleMesh& mesh, float x, float y, float z) {
  for (const Eigen::Vector3i& face : mesh.faces) {
    Eigen::Matrix3f corners;
    for (int i = 0; i < 3; ++i) corners.col(i) = mesh.vertices_m[static_cast<std::size_t>(face[i])];
    if (std::abs(corners(2, 0) - z) > 1e-5F) continue;
    corners.row(2).setOnes();
    const Eigen::Vector3f weights = corners.inverse() * Eigen::Vector3f(x, y, 1.0F);
    if (weights.minCoeff() >= 0) return to_rgb8(surface_color(mesh, face, weights));
  }
  FAIL("there is no surface at this place");
  return {};
}

TEST_CASE("an OBJ file with a texture, whose first row is at the top of the picture") {
  const test::TemporaryFolder folder;
  save_png(folder.path() / "paint.png", quarters(kRed, kGreen, kBlue).view());
  folder.file("part.mtl", "newmtl painted\nKd 1 1 1\nmap_Kd paint.png\n");
  const auto path = folder.file("part.obj", "mtllib part.mtl\n" + square(0, 0, "painted"));
  const TriangleMesh mesh = load_mesh(path, LengthUnit::kMetre);
  CHECK(mesh.vertices_m.size() == 4);
  CHECK(mesh.faces.size() == 2);
  CHECK(mesh.texture.width() == 64);
  CHECK(mesh.vertex_colors.empty());
  // v points upwards in OBJ files: the upper row of the picture is at y = 0.1 m.
  CHECK(is_near(color_at(mesh, 0.02F, 0.08F, 0), kRed));
  CHECK(is_near(color_at(mesh, 0.08F, 0.08F, 0), kGreen));
  CHECK(is_near(color_at(mesh, 0.05F, 0.02F, 0), kBlue));
}

TEST_CASE("texture paths of another machine are looked for beside the mesh, and nowhere else") {
  const test::LogCapture log;
  const test::TemporaryFolder folder;
  save_png(folder.path() / "paint.png", quarters(kRed, kRed, kRed).view());
  std::filesystem::create_directory(folder.path() / "inside");
  for (const char* const name : {"C:\\cad\\textures\\paint.png", "/home/somebody/paint.png"}) {
    folder.file("part.mtl", std::string("newmtl painted\nmap_Kd ") + name + "\n");
    const auto path = folder.file("part.obj", "mtllib part.mtl\n" + square(0, 0, "painted"));
    CHECK_FALSE(load_mesh(path, LengthUnit::kMetre).texture.empty());
  }
  folder.file("inside/part.mtl", "newmtl painted\nKd 0.2 0.4 0.6\nmap_Kd ../paint.png\n");
  const auto inside = folder.file("inside/part.obj", "mtllib part.mtl\n" + square(0, 0, "painted"));
  CHECK(load_mesh(inside, LengthUnit::kMetre).texture.empty());
  CHECK(log.mentions("paint.png"));
}

TEST_CASE("a texture that is missing or damaged leaves the material's colour") {
  const test::TemporaryFolder folder;
  folder.file("damaged.png", "this is no picture");
  for (const std::string name : {"missing.png", "damaged.png"}) {
    const test::LogCapture log;
    folder.file("part.mtl", "newmtl painted\nKd 0.2 0.4 0.6\nmap_Kd " + name + "\n");
    const auto path = folder.file("part.obj", "mtllib part.mtl\n" + square(0, 0, "painted"));
    const TriangleMesh mesh = load_mesh(path, LengthUnit::kMetre);
    CHECK(mesh.texture.empty());
    REQUIRE(mesh.vertex_colors.size() == 4);
    CHECK(mesh.vertex_colors[0] == Rgb8{51, 102, 153});
    CHECK(log.messages().size() == 1);
    CHECK(log.mentions(name));
  }
}

TEST_CASE("a missing material file leaves no colours and is told of") {
  const test::LogCapture log;
  const test::TemporaryFolder folder;
  const auto path = folder.file("part.obj", "mtllib lost.mtl\n" + square(0, 0, "painted"));
  CHECK_FALSE(load_mesh(path, LengthUnit::kMetre).has_color());
  CHECK(log.mentions("lost.mtl"));
}

TEST_CASE("an OBJ file without materials has no colours, one with coloured vertices has them") {
  const test::LogCapture log;
  const std::string plain = "v 0 0 0\nv 0.1 0 0\nv 0 0.1 0\nf 1 2 3\n";
  const auto load = [](const std::string& text) {
    return mesh_from_bytes(std::as_bytes(std::span(text)), "part.obj", LengthUnit::kMetre);
  };
  CHECK_FALSE(load(plain).has_color());
  const TriangleMesh colored = load("v 0 0 0 1 0 0\nv 0.1 0 0 0 1 0\nv 0 0.1 0 0 0 1\nf 1 2 3\n");
  REQUIRE(colored.vertex_colors.size() == 3);
  CHECK(colored.vertex_colors[1] == Rgb8{0, 255, 0});
  CHECK(log.messages().empty());
}

TEST_CASE("materials without textures become vertex colours") {
  const test::TemporaryFolder folder;
  folder.file("part.mtl", "newmtl a\nKd 1 0 0\nnewmtl b\nKd 0 0 1\n");
  const auto path =
      folder.file("part.obj", "mtllib part.mtl\n" + square(0, 0, "a") + square(1, 0.05F, "b"));
  const TriangleMesh mesh = load_mesh(path, LengthUnit::kMetre);
  CHECK(color_at(mesh, 0.05F, 0.05F, 0) == Rgb8{255, 0, 0});
  CHECK(color_at(mesh, 0.05F, 0.05F, 0.05F) == Rgb8{0, 0, 255});
}

TEST_CASE("several textures, one that repeats, and a plain colour share one texture") {
  const test::TemporaryFolder folder;
  save_png(folder.path() / "one.png", quarters(kRed, kGreen, kBlue).view());
  save_png(folder.path() / "two.png", quarters(kBlue, kRed, kGreen).view());
  folder.file("part.mtl",
              "newmtl a\nmap_Kd one.png\nnewmtl b\nmap_Kd two.png\nnewmtl c\nKd 0.2 0.4 0.6\n"
              "newmtl d\nmap_Kd one.png\n");
  const auto path =
      folder.file("part.obj", "mtllib part.mtl\n" + square(0, 0, "a") + square(1, 0.01F, "b") +
                                  square(2, 0.02F, "c") + square(3, 0.03F, "d", 3.0F));
  for (const int max_side_px : {4096, 200}) {
    MeshLoadOptions options;
    options.max_texture_side_px = max_side_px;
    const TriangleMesh mesh = load_mesh(path, LengthUnit::kMetre, options);
    CHECK(mesh.texture.width() <= max_side_px);
    CHECK(mesh.texture.height() <= max_side_px);
    CHECK(mesh.uvs.size() == mesh.vertices_m.size());
    CHECK(is_near(color_at(mesh, 0.02F, 0.08F, 0), kRed));
    CHECK(is_near(color_at(mesh, 0.08F, 0.08F, 0), kGreen));
    CHECK(is_near(color_at(mesh, 0.05F, 0.02F, 0), kBlue));
    CHECK(is_near(color_at(mesh, 0.02F, 0.08F, 0.01F), kBlue));
    CHECK(is_near(color_at(mesh, 0.08F, 0.08F, 0.01F), kRed));
    CHECK(is_near(color_at(mesh, 0.05F, 0.05F, 0.02F), {51, 102, 153}));
    // The picture stands three times in a row: each is 0.0333 m wide.
    for (const float shift : {0.0F, 0.1F / 3.0F, 0.2F / 3.0F}) {
      CHECK(is_near(color_at(mesh, 0.008F + shift, 0.027F + shift, 0.03F), kRed));
      CHECK(is_near(color_at(mesh, 0.026F + shift, 0.027F, 0.03F), kGreen));
      CHECK(is_near(color_at(mesh, 0.016F + shift, 0.008F, 0.03F), kBlue));
    }
  }
}

TEST_CASE("a texture that repeats beyond all bounds becomes its mean colour") {
  const test::LogCapture log;
  const test::TemporaryFolder folder;
  save_png(folder.path() / "one.png", quarters(kRed, kRed, kBlue).view());
  save_png(folder.path() / "two.png", quarters(kGreen, kGreen, kGreen).view());
  folder.file("part.mtl", "newmtl a\nmap_Kd one.png\nnewmtl b\nmap_Kd two.png\n");
  const auto path = folder.file(
      "part.obj", "mtllib part.mtl\n" + square(0, 0, "a", 1000.0F) + square(1, 0.01F, "b"));
  const TriangleMesh mesh = load_mesh(path, LengthUnit::kMetre);
  CHECK(is_near(color_at(mesh, 0.02F, 0.08F, 0), {105, 35, 120}));
  CHECK(is_near(color_at(mesh, 0.02F, 0.08F, 0.01F), kGreen));
  CHECK(log.mentions("repeats"));
}

TEST_CASE("colours that only some vertices have are passed over") {
  const test::LogCapture log;
  const std::string text = "v 0 0 0 1 0 0\nv 0.1 0 0 1 0 0\nv 0 0.1 0\nf 1 2 3\n";
  CHECK_FALSE(
      mesh_from_bytes(std::as_bytes(std::span(text)), "part.obj", LengthUnit::kMetre).has_color());
  CHECK(log.mentions("2 of 3 vertices"));
}

TEST_CASE("what OBJ files of all kinds have in them") {
  const test::LogCapture log;
  const std::string text =
      "# made by hand\n\n  \to part\ng side\ns off\nv +0 0 0 1.0\nv .1 0 -0 # here\nv 0 1e-1 0\n"
      "v 0.1 \\\n0.1 0\nvn 0 0 1\nvt 0.5\nvp 1\nl 1 2\np 1\ncurv 0 1 1 2\nf -4/1/1 2//1 -2/-1\r\n"
      "usemtl nowhere to be found\nf 2 4 \\\n3 # the other\n";
  const TriangleMesh mesh =
      mesh_from_bytes(std::as_bytes(std::span(text)), "part.obj", LengthUnit::kMetre);
  CHECK(mesh.vertices_m.size() == 4);
  CHECK(mesh.faces.size() == 2);
  CHECK(test::surface_area(mesh) == doctest::Approx(0.01));
  CHECK_FALSE(mesh.has_color());
}

TEST_CASE("material files of all kinds") {
  const test::LogCapture log;
  const test::TemporaryFolder folder;
  save_png(folder.path() / "my paint.png", quarters(kRed, kRed, kRed).view());
  folder.file("my parts.mtl",
              "map_Kd before.png\nKd 9 9 9\nnewmtl first one\nKa 0 0 0\nKd 0.2 0.4 0.6\nNs 10\n"
              "illum 2\nmap_bump bump.png\nnewmtl second\nKd spectral file.rfl 1\n"
              "map_Kd -clamp on -s 1 1 1 -o 0.5 my paint.png\n");
  const auto path = folder.file(
      "part.obj", "mtllib my parts.mtl\n" + square(0, 0, "first one") + square(1, 0.01F, "second"));
  const TriangleMesh mesh = load_mesh(path, LengthUnit::kMetre);
  CHECK(is_near(color_at(mesh, 0.05F, 0.05F, 0), {51, 102, 153}));
  CHECK(is_near(color_at(mesh, 0.05F, 0.05F, 0.01F), kRed));
  CHECK(log.messages().empty());
}

TEST_CASE("large textures are shrunk, and none are read on request") {
  const test::TemporaryFolder folder;
  save_png(folder.path() / "one.png", Image<Rgb8>(300, 100, kRed).view());
  folder.file("part.mtl", "newmtl a\nmap_Kd one.png\n");
  const auto path = folder.file("part.obj", "mtllib part.mtl\n" + square(0, 0, "a"));
  MeshLoadOptions options;
  options.max_texture_side_px = 60;
  const TriangleMesh small = load_mesh(path, LengthUnit::kMetre, options);
  CHECK(small.texture.width() == 60);
  CHECK(small.texture.height() == 20);
  CHECK(is_near(color_at(small, 0.05F, 0.05F, 0), kRed));
  options.load_textures = false;
  CHECK(load_mesh(path, LengthUnit::kMetre, options).texture.empty());
}

TEST_CASE("text that is no OBJ file") {
  const auto refused = [](const std::string& text, const std::string& reason) {
    const auto error = test::error_of([&] {
      (void)mesh_from_bytes(std::as_bytes(std::span(text)), "part.obj", LengthUnit::kMetre);
    });
    CHECK(test::mentions(error, "part.obj"));
    CHECK_MESSAGE(test::mentions(error, reason), (error ? error->what() : "no error"));
  };
  refused("# a poem\nroses are red\n", "found 0 and 0");
  refused("v 0 0 0\nv 1 0 0\nv 0 1 0\n", "faces");
  refused(std::string("v 0 0 0\0f 1 1 1\n", 17), "binary");
  refused("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 7 8 9\n", "line 4");
  refused("v 0 0 0\nv 1 0 0\nv 0 1 0\nf -1 -2 -4\n", "indices up to 3");
  refused("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 0 1 2\n", "from 1 on");
  refused("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 2\n", "three or more");
  refused("v 0 0 0\nv 1 zero 0\nv 0 1 0\nf 1 2 3\n", "line 2");
  refused("v 0 0 0\nv 1 0 0\nv 0 1 0\nvt x\nf 1 2 3\n", "one to three numbers");
  refused("v 0 0 0\nv 1 0 0\nv 0 1 0\nf 1 1 2\n", "degenerate");
}

}  // namespace
}  // namespace sam6d
