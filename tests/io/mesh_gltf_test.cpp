#include <cmath>
#include <cstdint>
#include <functional>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "io/temporary_folder.hpp"
#include "sam6d/file_io.hpp"
#include "sam6d/image_io.hpp"
#include "sam6d/mesh_io.hpp"
#include "support/errors.hpp"
#include "support/log_capture.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

using nlohmann::json;

/// A right-angled triangle of 0.1 m with positions, texture coordinates and indices in one buffer.
struct Triangle {
  json document;
  std::string buffer;

  template <class T>
  void put(const T& value) {
    buffer.append(reinterpret_cast<const char*>(&value), sizeof(value));
  }

  Triangle() {
    for (const float x : {0.0F, 0.0F, 0.0F, 0.1F, 0.0F, 0.0F, 0.0F, 0.1F, 0.0F}) put(x);
    for (const float x : {0.1F, 0.1F, 0.9F, 0.1F, 0.1F, 0.9F}) put(x);
    for (const std::uint16_t i : {0, 1, 2}) put(i);
    put(std::uint16_t{0});  // parts of a buffer begin at multiples of four
    document = json::parse(R"({
      "asset": {"version": "2.0"}, "scene": 0, "scenes": [{"nodes": [0]}],
      "nodes": [{"mesh": 0}],
      "meshes": [{"primitives": [{"attributes": {"POSITION": 0, "TEXCOORD_0": 1}, "indices": 2}]}],
      "accessors": [
        {"bufferView": 0, "componentType": 5126, "count": 3, "type": "VEC3",
         "min": [0, 0, 0], "max": [0.1, 0.1, 0]},
        {"bufferView": 1, "componentType": 5126, "count": 3, "type": "VEC2"},
        {"bufferView": 2, "componentType": 5123, "count": 3, "type": "SCALAR"}],
      "bufferViews": [{"buffer": 0, "byteLength": 36}, {"buffer": 0, "byteOffset": 36,
        "byteLength": 24}, {"buffer": 0, "byteOffset": 60, "byteLength": 6}],
      "buffers": [{"byteLength": 68}]})");
  }

  void set_material(const json& material) {
    document["materials"] = json::array({material});
    document["meshes"][0]["primitives"][0]["material"] = 0;
  }

  [[nodiscard]] std::string glb() const {
    std::string text = document.dump();
    text.resize((text.size() + 3) / 4 * 4, ' ');
    std::string data = buffer;
    data.resize((data.size() + 3) / 4 * 4, '\0');
    std::string file = "glTF";
    const auto number = [&](std::size_t value) {
      const auto narrow = static_cast<std::uint32_t>(value);
      file.append(reinterpret_cast<const char*>(&narrow), sizeof(narrow));
    };
    number(2);
    number(12 + 8 + text.size() + 8 + data.size());
    number(text.size());
    file += "JSON" + text;
    number(data.size());
    file += std::string("BIN\0", 4) + data;
    return file;
  }
};

TriangleMesh load(const std::string& bytes, const std::string& name = "part.glb") {
  return mesh_from_bytes(std::as_bytes(std::span(bytes)), name, LengthUnit::kMetre);
}

TEST_CASE("a GLB file without a material has no colour") {
  const TriangleMesh mesh = load(Triangle().glb());
  CHECK(mesh.faces.size() == 1);
  CHECK(diameter_m(mesh) == doctest::Approx(0.1 * std::sqrt(2.0)));
  CHECK_FALSE(mesh.has_color());
}

TEST_CASE("the base colour of a material is light, the vertex colour its value on the screen") {
  Triangle triangle;
  triangle.set_material({{"name", "paint"},
                         {"pbrMetallicRoughness", {{"baseColorFactor", {1.0, 0.2140, 0.0, 1.0}}}}});
  const TriangleMesh mesh = load(triangle.glb());
  REQUIRE(mesh.vertex_colors.size() == 3);
  CHECK(mesh.vertex_colors[0].r == 255);
  CHECK(std::abs(mesh.vertex_colors[0].g - 127) <= 1);  // half of the screen's range
  CHECK(mesh.vertex_colors[0].b == 0);
}

TEST_CASE("a texture embedded in a GLB file, tinted by the base colour") {
  const test::TemporaryFolder folder;
  Image<Rgb8> picture(40, 20, {200, 100, 50});
  save_png(folder.path() / "picture.png", picture.view());
  const std::string png = read_text_file(folder.path() / "picture.png");
  Triangle triangle;
  triangle.document["bufferViews"].push_back(
      {{"buffer", 0}, {"byteOffset", triangle.buffer.size()}, {"byteLength", png.size()}});
  triangle.buffer += png;
  triangle.buffer.resize((triangle.buffer.size() + 3) / 4 * 4, '\0');
  triangle.document["buffers"][0]["byteLength"] = triangle.buffer.size();
  triangle.document["images"] = {{{"bufferView", 3}, {"mimeType", "image/png"}}};
  triangle.document["textures"] = {{{"source", 0}}};
  triangle.set_material(
      {{"name", "paint"},
       {"pbrMetallicRoughness",
        {{"baseColorFactor", {1.0, 0.2140, 1.0, 1.0}}, {"baseColorTexture", {{"index", 0}}}}}});
  const TriangleMesh mesh = load(triangle.glb());
  REQUIRE(mesh.texture.width() == 40);
  CHECK(mesh.texture.height() == 20);
  CHECK(mesh.texture(5, 5).r == 200);
  CHECK(std::abs(mesh.texture(5, 5).g - 50) <= 1);
  CHECK(mesh.texture(5, 5).b == 50);
  REQUIRE(mesh.uvs.size() == 3);
  // glTF counts v from the top.
  CHECK(mesh.uvs[0].isApprox(Eigen::Vector2f(0.1F, 0.1F), 1e-4F));
  CHECK(mesh.uvs[2].isApprox(Eigen::Vector2f(0.1F, 0.9F), 1e-4F));
}

TEST_CASE("nodes move, turn, scale and mirror their meshes, which may be used several times") {
  Triangle triangle;
  triangle.document["nodes"] = json::parse(R"([
    {"children": [1, 2], "translation": [0, 0, 1]},
    {"mesh": 0, "scale": [2, 1, 1]},
    {"mesh": 0, "scale": [-1, 1, 1], "rotation": [0, 0, 0.70710678, 0.70710678]}])");
  const TriangleMesh mesh = load(triangle.glb());
  REQUIRE(mesh.faces.size() == 2);
  const auto corner = [&](int face, int i) {
    return mesh.vertices_m[static_cast<std::size_t>(mesh.faces[static_cast<std::size_t>(face)][i])];
  };
  CHECK(corner(0, 1).isApprox(Eigen::Vector3f(0.2F, 0, 1), 1e-5F));
  // A quarter turn about z takes (-0.1, 0) to (0, -0.1) and (0, 0.1) to (-0.1, 0).
  bool found = false;
  for (int i = 0; i < 3; ++i) found |= corner(1, i).isApprox(Eigen::Vector3f(0, -0.1F, 1), 1e-5F);
  CHECK(found);
  for (int face = 0; face < 2; ++face) {  // both still face upwards
    const Eigen::Vector3f normal =
        (corner(face, 1) - corner(face, 0)).cross(corner(face, 2) - corner(face, 0));
    CHECK(normal.z() > 0);
  }
}

TEST_CASE("a glTF file with its buffer beside it, and without") {
  const test::TemporaryFolder folder;
  Triangle triangle;
  triangle.document["buffers"][0]["uri"] = "part.bin";
  const auto path = folder.file("part.gltf", triangle.document.dump());
  CHECK(test::error_of([&] { (void)load_mesh(path, LengthUnit::kMetre); }));
  folder.file("part.bin", triangle.buffer);
  CHECK(load_mesh(path, LengthUnit::kMetre).faces.size() == 1);
}

TEST_CASE("glTF documents that would not end well are refused by their place") {
  const auto refused = [](const std::function<void(json&)>& spoil, const std::string& reason) {
    Triangle triangle;
    spoil(triangle.document);
    const std::string glb = triangle.glb();
    const auto error = test::error_of([&] { (void)load(glb); });
    CHECK(test::mentions(error, "part.glb"));
    CHECK_MESSAGE(test::mentions(error, reason), (error ? error->what() : "no error"));
  };
  refused([](json& j) { j["asset"]["version"] = "1.0"; }, "glTF 2.0");
  refused([](json& j) { j.erase("asset"); }, "asset");
  refused([](json& j) { j["nodes"][0]["children"] = {0}; }, "one parent");
  refused([](json& j) { j["nodes"][0]["children"] = {7}; }, "children");
  refused([](json& j) { j["accessors"][0]["count"] = 4'000'000'000U; }, "count");
  refused([](json& j) { j["accessors"][0]["count"] = 4; }, "inside of their buffer view");
  refused([](json& j) { j["accessors"][0]["componentType"] = 5; }, "component type");
  refused([](json& j) { j["accessors"][0]["type"] = "VEC9"; }, "element type");
  refused([](json& j) { j["bufferViews"][0]["byteLength"] = 1000; }, "byteLength");
  refused([](json& j) { j["bufferViews"][0]["buffer"] = 3; }, "buffer");
  refused([](json& j) { j["extensionsRequired"] = {"KHR_draco_mesh_compression"}; }, "compressed");
  refused([](json& j) { j["meshes"] = json::array(); }, "");
}

TEST_CASE("GLB files that are cut off, and text that is no glTF") {
  const std::string whole = Triangle().glb();
  for (const std::size_t size : {std::size_t{3}, std::size_t{15}, whole.size() - 4}) {
    const std::string part = whole.substr(0, size);
    CHECK(test::mentions(test::error_of([&] { (void)load(part); }), "part.glb"));
  }
  for (const std::string text : {"{}", "[", "no json", "{\"asset\": {\"version\": \"2.0\"}}"}) {
    const auto error = test::error_of([&] { (void)load(text, "part.gltf"); });
    CHECK_MESSAGE(test::mentions(error, "part.gltf"), text);
  }
}

}  // namespace
}  // namespace sam6d
