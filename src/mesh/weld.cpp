#include "mesh/weld.hpp"

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <utility>

namespace sam6d {
namespace {

/// The bits of a vertex; -0 counts as 0.
using Key = std::array<std::uint32_t, 6>;

struct KeyHash {
  std::size_t operator()(const Key& key) const {
    std::uint64_t hash = 0;
    for (const std::uint32_t word : key) {
      hash = (hash ^ word) * 0x9e3779b97f4a7c15U;  // golden ratio, as in Fibonacci hashing
      hash ^= hash >> 29U;
    }
    return static_cast<std::size_t>(hash);
  }
};

std::uint32_t bits(float value) { return std::bit_cast<std::uint32_t>(value + 0.0F); }

Key place(const Eigen::Vector3f& point) {
  return {bits(point.x()), bits(point.y()), bits(point.z()), 0, 0, 0};
}

/// Index of the first of the equal keys, for every key.
template <class KeyOf>
std::vector<int> first_of_equal(std::size_t count, const KeyOf& key_of) {
  std::unordered_map<Key, int, KeyHash> seen;
  seen.reserve(count);
  std::vector<int> first(count);
  for (std::size_t i = 0; i < count; ++i) {
    first[i] = seen.try_emplace(key_of(i), static_cast<int>(i)).first->second;
  }
  return first;
}

}  // namespace

std::vector<int> first_at_same_place(std::span<const Eigen::Vector3f> points) {
  return first_of_equal(points.size(), [&](std::size_t i) { return place(points[i]); });
}

TriangleMesh welded(TriangleMesh mesh) {
  const std::size_t count = mesh.vertices_m.size();
  const std::vector<int> first = first_of_equal(count, [&](std::size_t i) {
    Key key = place(mesh.vertices_m[i]);
    if (!mesh.vertex_colors.empty()) {
      const Rgb8& color = mesh.vertex_colors[i];
      key[3] = (std::uint32_t{color.r} << 16U) | (std::uint32_t{color.g} << 8U) | color.b;
    }
    if (!mesh.uvs.empty()) {
      key[4] = bits(mesh.uvs[i].x());
      key[5] = bits(mesh.uvs[i].y());
    }
    return key;
  });
  std::vector<int> new_index(count);
  std::size_t kept = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const auto source = static_cast<std::size_t>(first[i]);
    if (source != i) {
      new_index[i] = new_index[source];
      continue;
    }
    mesh.vertices_m[kept] = mesh.vertices_m[i];
    if (!mesh.vertex_colors.empty()) mesh.vertex_colors[kept] = mesh.vertex_colors[i];
    if (!mesh.uvs.empty()) mesh.uvs[kept] = mesh.uvs[i];
    new_index[i] = static_cast<int>(kept++);
  }
  mesh.vertices_m.resize(kept);
  if (!mesh.vertex_colors.empty()) mesh.vertex_colors.resize(kept);
  if (!mesh.uvs.empty()) mesh.uvs.resize(kept);
  const auto in_range = [&](int index) {
    return index >= 0 && static_cast<std::size_t>(index) < count;
  };
  for (Eigen::Vector3i& face : mesh.faces) {
    for (int corner = 0; corner < 3; ++corner) {
      if (in_range(face[corner])) face[corner] = new_index[static_cast<std::size_t>(face[corner])];
    }
  }
  return mesh;
}

}  // namespace sam6d
