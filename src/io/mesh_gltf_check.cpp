#include <cstdint>
#include <map>
#include <vector>

#include "base/fail.hpp"
#include "io/byte_reader.hpp"
#include "io/json_cursor.hpp"
#include "io/mesh_format.hpp"

namespace sam6d {
namespace {

constexpr std::int64_t kMaxBytes = std::int64_t{1} << 40U;
constexpr int kMaxNodeDepth = 256;

std::vector<JsonCursor> list(const JsonCursor& object, const char* key) {
  const std::optional<JsonCursor> found = object.find(key);
  return found ? found->elements() : std::vector<JsonCursor>{};
}

std::int64_t integer_or(const JsonCursor& object, const char* key, std::int64_t fallback,
                        std::int64_t highest) {
  const std::optional<JsonCursor> found = object.find(key);
  return found ? found->integer(0, highest) : fallback;
}

std::size_t index_into(const JsonCursor& cursor, std::size_t count) {
  return static_cast<std::size_t>(cursor.integer(0, static_cast<std::int64_t>(count) - 1));
}

std::int64_t bytes_per_element(const JsonCursor& accessor) {
  static const std::map<std::int64_t, std::int64_t> kComponentBytes{
      {5120, 1}, {5121, 1}, {5122, 2}, {5123, 2}, {5125, 4}, {5126, 4}};
  static const std::map<std::string, std::int64_t> kComponents{
      {"SCALAR", 1}, {"VEC2", 2}, {"VEC3", 3}, {"VEC4", 4}, {"MAT2", 4}, {"MAT3", 9}, {"MAT4", 16}};
  const JsonCursor component = accessor.at("componentType");
  const JsonCursor type = accessor.at("type");
  const auto bytes = kComponentBytes.find(component.integer(0, 65535));
  if (bytes == kComponentBytes.end()) component.refuse("a component type of glTF 2.0");
  const auto components = kComponents.find(type.text());
  if (components == kComponents.end()) type.refuse("an element type of glTF 2.0");
  return bytes->second * components->second;
}

/// Every part of a buffer that somebody refers to must be inside it.
void check_buffers(const JsonCursor& root, const MeshLimits& limits) {
  const std::vector<JsonCursor> buffers = list(root, "buffers");
  const std::vector<JsonCursor> views = list(root, "bufferViews");
  for (const JsonCursor& buffer : buffers) (void)buffer.at("byteLength").integer(1, kMaxBytes);
  for (const JsonCursor& view : views) {
    const std::size_t buffer = index_into(view.at("buffer"), buffers.size());
    const std::int64_t bytes = buffers[buffer].at("byteLength").integer(1, kMaxBytes);
    const std::int64_t offset = integer_or(view, "byteOffset", 0, bytes);
    (void)view.at("byteLength").integer(0, bytes - offset);
    (void)integer_or(view, "byteStride", 0, 255);
  }
  const auto most = static_cast<std::int64_t>(std::max(limits.max_vertices, 3 * limits.max_faces));
  for (const JsonCursor& accessor : list(root, "accessors")) {
    const std::int64_t count = accessor.at("count").integer(0, most);
    const std::int64_t element_bytes = bytes_per_element(accessor);
    const std::optional<JsonCursor> view_index = accessor.find("bufferView");
    if (!view_index || count == 0) continue;
    const JsonCursor& view = views[index_into(*view_index, views.size())];
    const std::int64_t stride = integer_or(view, "byteStride", 0, 255);
    const std::int64_t offset = integer_or(accessor, "byteOffset", 0, kMaxBytes);
    const std::int64_t needed =
        offset + (count - 1) * (stride > 0 ? stride : element_bytes) + element_bytes;
    if (needed > view.at("byteLength").integer(0, kMaxBytes)) {
      accessor.refuse("elements that lie inside of their buffer view");
    }
  }
}

/// The nodes must be a forest: a node that is its own ancestor would never end.
void check_nodes(const JsonCursor& root) {
  const std::vector<JsonCursor> nodes = list(root, "nodes");
  struct Visit {
    std::size_t node;
    int depth;
  };
  std::vector<Visit> open;
  for (const JsonCursor& scene : list(root, "scenes")) {
    std::vector<bool> seen(nodes.size(), false);
    for (const JsonCursor& node : list(scene, "nodes")) {
      open.push_back({index_into(node, nodes.size()), 0});
    }
    while (!open.empty()) {
      const Visit visit = open.back();
      open.pop_back();
      if (seen[visit.node] || visit.depth > kMaxNodeDepth) {
        nodes[visit.node].refuse(
            fmt::format("a node with one parent, at most {} deep", kMaxNodeDepth));
      }
      seen[visit.node] = true;
      for (const JsonCursor& child : list(nodes[visit.node], "children")) {
        open.push_back({index_into(child, nodes.size()), visit.depth + 1});
      }
    }
  }
}

void check_document(std::string_view text, const std::string& source, const MeshLimits& limits) {
  const nlohmann::json document = parse_json(text, source);
  const JsonCursor root(document, source);
  const JsonCursor version = root.at("asset").at("version");
  if (!version.text().starts_with("2.")) version.refuse("glTF 2.0");
  for (const JsonCursor& extension : list(root, "extensionsRequired")) {
    const std::string name = extension.text();
    if (name == "KHR_draco_mesh_compression" || name == "EXT_meshopt_compression") {
      extension.refuse("a mesh that is not compressed");
    }
  }
  check_buffers(root, limits);
  check_nodes(root);
}

}  // namespace

void check_gltf(std::string_view file, const std::string& source, const MeshLimits& limits) {
  check_document(file, source, limits);
}

void check_glb(std::string_view file, const std::string& source, const MeshLimits& limits) {
  constexpr std::size_t kHeaderBytes = 12;
  constexpr std::size_t kChunkHeaderBytes = 8;
  const auto number = [&](std::size_t at) -> std::size_t {
    return little_endian(std::as_bytes(std::span(file)), at, 4);
  };
  if (file.size() < kHeaderBytes + kChunkHeaderBytes || !file.starts_with("glTF") ||
      number(4) != 2) {
    fail(ErrorCode::kBadFile, "{}: expected a GLB file of version 2", source);
  }
  if (number(8) != file.size()) {
    fail(ErrorCode::kBadFile, "{}: expected {} bytes as the GLB header says, found {}", source,
         number(8), file.size());
  }
  const std::size_t json_bytes = number(kHeaderBytes);
  if (file.substr(kHeaderBytes + 4, 4) != "JSON" ||
      json_bytes > file.size() - kHeaderBytes - kChunkHeaderBytes) {
    fail(ErrorCode::kBadFile, "{}: expected a GLB file whose first part is JSON", source);
  }
  check_document(file.substr(kHeaderBytes + kChunkHeaderBytes, json_bytes), source, limits);
}

}  // namespace sam6d
