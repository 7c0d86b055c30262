#include "scenes/distance_field.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <numbers>
#include <vector>

#include <Eigen/Dense>

#include "sam6d/error.hpp"

namespace sam6d::scenes {
namespace {

using Eigen::Vector2f;
using Eigen::Vector3f;
using Eigen::Vector3i;

/// Distance to a box in two dimensions, given |p| - half size.
float corner_distance(const Vector2f& d) {
  return d.cwiseMax(0.0F).norm() + std::min(d.maxCoeff(), 0.0F);
}

float lattice_value(int x, int y, int z, unsigned seed) {
  std::uint32_t h = static_cast<std::uint32_t>(x) * 0x8da6b343U +
                    static_cast<std::uint32_t>(y) * 0xd8163841U +
                    static_cast<std::uint32_t>(z) * 0xcb1ab31fU + seed * 0x165667b1U;
  h = (h ^ (h >> 15U)) * 0x2c1b3c6dU;
  h = (h ^ (h >> 12U)) * 0x297a2d39U;
  h ^= h >> 15U;
  return static_cast<float>(h & 0xffffU) / 32767.5F - 1.0F;
}

Vector3f gradient(const DistanceField& distance, const Vector3f& p, float step) {
  Vector3f g;
  for (int axis = 0; axis < 3; ++axis) {
    const Vector3f offset = Vector3f::Unit(axis) * step;
    g[axis] = distance(p + offset) - distance(p - offset);
  }
  const float norm = g.norm();
  return norm > 0 ? Vector3f(g / norm) : Vector3f::UnitZ();
}

/// Where the field changes sign between a and b (Illinois variant of false position).
Vector3f crossing(const DistanceField& distance, const Vector3f& a, float fa, const Vector3f& b,
                  float fb) {
  float t0 = 0;
  float t1 = 1;
  float f0 = fa;
  float f1 = fb;
  float t = 0.5F;
  for (int step = 0; step < 6; ++step) {
    t = t0 + (t1 - t0) * std::clamp(f0 / (f0 - f1), 0.02F, 0.98F);
    const float f = distance(a + (b - a) * t);
    if ((f < 0) == (f0 < 0)) {
      t0 = t;
      f0 = f;
      f1 *= 0.5F;
    } else {
      t1 = t;
      f1 = f;
      f0 *= 0.5F;
    }
  }
  return a + (b - a) * t;
}

struct Grid {
  Vector3f origin;
  float cell = 1;
  Vector3i count;  ///< cells an axis
  std::vector<float> values;

  [[nodiscard]] std::size_t corner(const Vector3i& c) const {
    return (static_cast<std::size_t>(c.z()) * static_cast<std::size_t>(count.y() + 1) +
            static_cast<std::size_t>(c.y())) *
               static_cast<std::size_t>(count.x() + 1) +
           static_cast<std::size_t>(c.x());
  }
  [[nodiscard]] Vector3f position(const Vector3i& c) const {
    return origin + c.cast<float>() * cell;
  }
};

Grid sample_grid(const DistanceField& distance, const Vector3f& half_size, int cells) {
  Grid grid;
  grid.cell = 2 * half_size.maxCoeff() / static_cast<float>(cells);
  for (int axis = 0; axis < 3; ++axis) {
    grid.count[axis] = static_cast<int>(std::ceil(2 * half_size[axis] / grid.cell)) + 3;
  }
  // An odd offset keeps flat faces at round coordinates off the lattice.
  grid.origin =
      -0.5F * grid.cell * grid.count.cast<float>() + Vector3f::Constant(0.0713F * grid.cell);
  grid.values.resize(grid.corner(grid.count) + 1);
  Vector3i c;
  for (c.z() = 0; c.z() <= grid.count.z(); ++c.z()) {
    for (c.y() = 0; c.y() <= grid.count.y(); ++c.y()) {
      for (c.x() = 0; c.x() <= grid.count.x(); ++c.x()) {
        grid.values[grid.corner(c)] = distance(grid.position(c));
      }
    }
  }
  return grid;
}

/// The point of the cell that lies best on the tangent planes of its crossed edges.
Vector3f cell_vertex(const Grid& grid, const DistanceField& distance, const Vector3i& cell) {
  Eigen::Matrix3f ata = Eigen::Matrix3f::Zero();
  std::array<Vector3f, 12> points;
  std::array<Vector3f, 12> normals;
  std::size_t crossed = 0;
  for (int axis = 0; axis < 3; ++axis) {
    for (int side = 0; side < 4; ++side) {
      Vector3i a = cell;
      a[(axis + 1) % 3] += side & 1;
      a[(axis + 2) % 3] += side >> 1;
      Vector3i b = a;
      b[axis] += 1;
      const float fa = grid.values[grid.corner(a)];
      const float fb = grid.values[grid.corner(b)];
      if ((fa < 0) == (fb < 0)) continue;
      points[crossed] = crossing(distance, grid.position(a), fa, grid.position(b), fb);
      normals[crossed] = gradient(distance, points[crossed], 0.02F * grid.cell);
      ++crossed;
    }
  }
  Vector3f mean = Vector3f::Zero();
  for (std::size_t i = 0; i < crossed; ++i) mean += points[i];
  mean /= static_cast<float>(crossed);
  Vector3f atb = Vector3f::Zero();
  for (std::size_t i = 0; i < crossed; ++i) {
    ata += normals[i] * normals[i].transpose();
    atb += normals[i] * normals[i].dot(points[i] - mean);
  }
  // The damping pulls towards the mean of the crossings where planes leave a direction open.
  ata.diagonal().array() += 0.03F;
  const Vector3f low = grid.position(cell);
  const Vector3f high = low + Vector3f::Constant(grid.cell);
  return (mean + ata.ldlt().solve(atb)).cwiseMax(low).cwiseMin(high);
}

}  // namespace

float box_distance(const Vector3f& p, const Vector3f& half_size) {
  const Vector3f d = p.cwiseAbs() - half_size;
  return d.cwiseMax(0.0F).norm() + std::min(d.maxCoeff(), 0.0F);
}

float cylinder_distance(const Vector3f& p, float radius, float half_height) {
  return corner_distance({p.head<2>().norm() - radius, std::abs(p.z()) - half_height});
}

float cone_distance(const Vector3f& p, float radius_bottom, float radius_top, float half_height) {
  const float slope = (radius_top - radius_bottom) / (2 * half_height);
  const float radius = radius_bottom + slope * (p.z() + half_height);
  const float side = (p.head<2>().norm() - radius) / std::sqrt(1 + slope * slope);
  return corner_distance({side, std::abs(p.z()) - half_height});
}

float capsule_distance(const Vector3f& p, const Vector3f& a, const Vector3f& b, float radius) {
  const Vector3f ab = b - a;
  const float t = std::clamp((p - a).dot(ab) / ab.squaredNorm(), 0.0F, 1.0F);
  return (p - a - ab * t).norm() - radius;
}

float torus_distance(const Vector3f& p, float radius, float tube_radius) {
  return Vector2f(p.head<2>().norm() - radius, p.z()).norm() - tube_radius;
}

float prism_distance(const Vector3f& p, int sides, float apothem, float half_height) {
  const float sector = 2 * std::numbers::pi_v<float> / static_cast<float>(sides);
  const float angle = std::atan2(p.y(), p.x());
  const float folded = angle - sector * std::round(angle / sector);
  const float side = p.head<2>().norm() * std::cos(folded) - apothem;
  return corner_distance({side, std::abs(p.z()) - half_height});
}

float smooth_union(float a, float b, float radius) {
  const float h = std::max(radius - std::abs(a - b), 0.0F) / radius;
  return std::min(a, b) - h * h * radius * 0.25F;
}

float value_noise(const Vector3f& p, unsigned seed) {
  const Vector3f base = p.array().floor();
  Vector3f t = p - base;
  t = t.array().square() * (3.0F - 2.0F * t.array());
  float sum = 0;
  for (int corner = 0; corner < 8; ++corner) {
    const int dx = corner & 1;
    const int dy = (corner >> 1) & 1;
    const int dz = corner >> 2;
    const float weight =
        (dx ? t.x() : 1 - t.x()) * (dy ? t.y() : 1 - t.y()) * (dz ? t.z() : 1 - t.z());
    sum += weight * lattice_value(static_cast<int>(base.x()) + dx, static_cast<int>(base.y()) + dy,
                                  static_cast<int>(base.z()) + dz, seed);
  }
  return sum;
}

TriangleMesh mesh_of(const DistanceField& distance, const ColorField& color,
                     const Vector3f& half_size, int cells) {
  const Grid grid = sample_grid(distance, half_size, cells);
  std::vector<int> vertex_of(grid.values.size(), -1);  // by the cell's lowest corner
  TriangleMesh mesh;
  Vector3i c;
  for (c.z() = 0; c.z() < grid.count.z(); ++c.z()) {
    for (c.y() = 0; c.y() < grid.count.y(); ++c.y()) {
      for (c.x() = 0; c.x() < grid.count.x(); ++c.x()) {
        int inside = 0;
        for (int corner = 0; corner < 8; ++corner) {
          const Vector3i at = c + Vector3i(corner & 1, (corner >> 1) & 1, corner >> 2);
          inside += grid.values[grid.corner(at)] < 0 ? 1 : 0;
        }
        if (inside == 0 || inside == 8) continue;
        vertex_of[grid.corner(c)] = static_cast<int>(mesh.vertices_m.size());
        mesh.vertices_m.push_back(cell_vertex(grid, distance, c));
        mesh.vertex_colors.push_back(color(mesh.vertices_m.back()));
      }
    }
  }
  // A quad around every crossed edge joins the vertices of the four cells that share it.
  for (c.z() = 1; c.z() < grid.count.z(); ++c.z()) {
    for (c.y() = 1; c.y() < grid.count.y(); ++c.y()) {
      for (c.x() = 1; c.x() < grid.count.x(); ++c.x()) {
        const bool inside = grid.values[grid.corner(c)] < 0;
        for (int axis = 0; axis < 3; ++axis) {
          Vector3i next = c;
          next[axis] += 1;
          if ((grid.values[grid.corner(next)] < 0) == inside) continue;
          const Vector3i u = Vector3i::Unit((axis + 1) % 3);
          const Vector3i v = Vector3i::Unit((axis + 2) % 3);
          std::array<int, 4> quad = {vertex_of[grid.corner(c - u - v)],
                                     vertex_of[grid.corner(c - v)], vertex_of[grid.corner(c)],
                                     vertex_of[grid.corner(c - u)]};
          if (!inside) std::swap(quad[1], quad[3]);
          mesh.faces.emplace_back(quad[0], quad[1], quad[2]);
          mesh.faces.emplace_back(quad[0], quad[2], quad[3]);
        }
      }
    }
  }
  if (mesh.faces.empty()) {
    throw Error(ErrorCode::kInvalidArgument, "distance field: no surface within the bounds");
  }
  return mesh;
}

}  // namespace sam6d::scenes
