#include "mesh/edge_collapse.hpp"

#include <algorithm>
#include <cstdint>
#include <queue>
#include <tuple>
#include <utility>

#include <Eigen/Geometry>

#include "mesh/quadric.hpp"

namespace sam6d {
namespace {

struct Vertex {
  Eigen::Vector3d point;
  Eigen::Vector3d color = Eigen::Vector3d::Zero();
  Quadric quadric;
  double area = 0;           ///< of the surface that it stands for
  std::uint32_t change = 0;  ///< grows whenever the vertex moves
  std::vector<int> faces;    ///< may name dead ones
  bool alive = true;
};

struct Candidate {
  double cost;
  int a;
  int b;
  std::uint32_t change_a;
  std::uint32_t change_b;

  /// The cheapest comes first; ties are broken by the indices, so that the order is fixed.
  friend bool operator<(const Candidate& left, const Candidate& right) {
    return std::tie(left.cost, left.a, left.b) > std::tie(right.cost, right.a, right.b);
  }
};

/// What a collapse has to keep. Badly connected meshes (sheets that meet in one edge, holes of
/// three edges) often cannot be made small enough under the stricter rule.
enum class Rules { kKeepTopology, kKeepOrientation };

class Collapser {
 public:
  Collapser(ConnectedMesh& mesh, double color_scale)
      : mesh_(mesh),
        color_weight_(color_scale * color_scale),
        face_alive_(mesh.faces.size(), true) {
    alive_faces_ = mesh.faces.size();
    vertices_.resize(mesh.points.size());
    for (std::size_t i = 0; i < vertices_.size(); ++i) {
      vertices_[i].point = mesh.points[i];
      if (!mesh.colors.empty()) vertices_[i].color = mesh.colors[i];
    }
    for (std::size_t f = 0; f < mesh.faces.size(); ++f) add_face(static_cast<int>(f));
    add_borders();
  }

  void run(std::size_t target_faces) {
    for (const Rules rules : {Rules::kKeepTopology, Rules::kKeepOrientation}) {
      if (alive_faces_ <= target_faces) break;
      queue_all_edges();
      while (alive_faces_ > target_faces && !queue_.empty()) {
        const Candidate candidate = queue_.top();
        queue_.pop();
        if (is_current(candidate)) try_collapse(candidate.a, candidate.b, rules);
      }
    }
    write_back();
  }

 private:
  [[nodiscard]] Vertex& vertex(int i) { return vertices_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] const Vertex& vertex(int i) const { return vertices_[static_cast<std::size_t>(i)]; }
  [[nodiscard]] std::array<int, 3>& face(int f) { return mesh_.faces[static_cast<std::size_t>(f)]; }
  [[nodiscard]] bool face_is_alive(int f) const { return face_alive_[static_cast<std::size_t>(f)]; }

  void add_face(int f) {
    const auto& [i, j, k] = face(f);
    const Eigen::Vector3d cross =
        (vertex(j).point - vertex(i).point).cross(vertex(k).point - vertex(i).point);
    const double area = 0.5 * cross.norm();
    const Quadric quadric =
        Quadric::of_plane(vertex(i).point, cross.stableNormalized(), area / 3.0);
    for (const int v : face(f)) {
      vertex(v).faces.push_back(f);
      vertex(v).area += area / 3.0;
      vertex(v).quadric += quadric;
    }
  }

  /// Edges of one face alone are held in place by planes that stand on them.
  void add_borders() {
    struct Side {
      int low, high, face;
    };
    std::vector<Side> sides;
    sides.reserve(3 * mesh_.faces.size());
    for (std::size_t f = 0; f < mesh_.faces.size(); ++f) {
      for (std::size_t i = 0; i < 3; ++i) {
        const auto [low, high] = std::minmax(mesh_.faces[f][i], mesh_.faces[f][(i + 1) % 3]);
        sides.push_back({low, high, static_cast<int>(f)});
      }
    }
    const auto same = [](const Side& s, const Side& t) {
      return s.low == t.low && s.high == t.high;
    };
    std::sort(sides.begin(), sides.end(), [](const Side& s, const Side& t) {
      return std::tie(s.low, s.high, s.face) < std::tie(t.low, t.high, t.face);
    });
    for (std::size_t i = 0; i < sides.size(); ++i) {
      const bool alone = (i == 0 || !same(sides[i - 1], sides[i])) &&
                         (i + 1 == sides.size() || !same(sides[i], sides[i + 1]));
      if (alone) hold_border(sides[i].low, sides[i].high, sides[i].face);
    }
  }

  void hold_border(int low, int high, int f) {
    const auto& [i, j, k] = face(f);
    const Eigen::Vector3d normal =
        (vertex(j).point - vertex(i).point).cross(vertex(k).point - vertex(i).point);
    const Eigen::Vector3d along = vertex(high).point - vertex(low).point;
    const Quadric quadric = Quadric::of_plane(
        vertex(low).point, along.cross(normal).stableNormalized(), along.squaredNorm());
    vertex(low).quadric += quadric;
    vertex(high).quadric += quadric;
  }

  struct Merge {
    Eigen::Vector3d point;
    double cost;
  };

  [[nodiscard]] Merge merge_of(int a, int b) const {
    const Vertex& p = vertex(a);
    const Vertex& q = vertex(b);
    const Quadric quadric = p.quadric + q.quadric;
    const double area = p.area + q.area;
    const Eigen::Vector3d edge = q.point - p.point;
    Eigen::Vector3d point = quadric.minimum_near(0.5 * (p.point + q.point));
    const double limit = 4.0 * edge.squaredNorm();
    if (!((point - p.point).squaredNorm() < limit)) point = 0.5 * (p.point + q.point);
    // The colours' scatter about their new mean.
    const double scatter =
        area > 0 ? p.area * q.area / area * (q.color - p.color).squaredNorm() : 0.0;
    constexpr double kShortEdgesFirst = 1e-6;  // decides where the surface is flat
    return {point, quadric.at(point) + color_weight_ * scatter +
                       kShortEdgesFirst * area * edge.squaredNorm()};
  }

  void queue_edge(int a, int b) {
    if (a > b) std::swap(a, b);
    queue_.push({merge_of(a, b).cost, a, b, vertex(a).change, vertex(b).change});
  }

  /// Live vertices that share a face with `a`, in order, into `result`.
  void find_neighbours(int a, std::vector<int>& result) {
    result.clear();
    for (const int f : vertex(a).faces) {
      if (!face_is_alive(f)) continue;
      for (const int v : face(f)) {
        if (v != a) result.push_back(v);
      }
    }
    std::sort(result.begin(), result.end());
    result.erase(std::unique(result.begin(), result.end()), result.end());
  }

  void queue_all_edges() {
    for (std::size_t i = 0; i < vertices_.size(); ++i) {
      const int a = static_cast<int>(i);
      if (!vertex(a).alive) continue;
      find_neighbours(a, near_a_);
      for (const int b : near_a_) {
        if (b > a) queue_edge(a, b);
      }
    }
  }

  [[nodiscard]] bool is_current(const Candidate& candidate) const {
    const Vertex& a = vertex(candidate.a);
    const Vertex& b = vertex(candidate.b);
    return a.alive && b.alive && a.change == candidate.change_a && b.change == candidate.change_b;
  }

  [[nodiscard]] bool contains(int f, int v) {
    const auto& corners = face(f);
    return corners[0] == v || corners[1] == v || corners[2] == v;
  }

  /// Of a closed piece of four faces there would be left two, back to back.
  [[nodiscard]] bool flattens_piece(int a, int b) {
    find_neighbours(a, near_a_);
    find_neighbours(b, near_b_);
    return near_a_.size() <= 3 && near_b_.size() <= 3;
  }

  /// Whether `a` and `b` have no common neighbour but those across their common faces (the link
  /// condition): otherwise sheets would be glued together. Expects their neighbours.
  [[nodiscard]] bool keeps_topology(int a, int b) {
    std::ptrdiff_t common = 0;
    for (auto i = near_a_.begin(), j = near_b_.begin(); i != near_a_.end() && j != near_b_.end();) {
      common += *i == *j ? 1 : 0;
      const bool next_i = *i <= *j;
      const bool next_j = *j <= *i;
      i += next_i ? 1 : 0;
      j += next_j ? 1 : 0;
    }
    const auto shared = std::count_if(vertex(a).faces.begin(), vertex(a).faces.end(),
                                      [&](int f) { return face_is_alive(f) && contains(f, b); });
    return common <= shared;
  }

  /// Whether the faces of `a` that do not touch `b` keep facing their way when `a` moves.
  [[nodiscard]] bool keeps_orientation(int a, int b, const Eigen::Vector3d& point) {
    constexpr double kMinCosine = 0.2;
    for (const int f : vertex(a).faces) {
      if (!face_is_alive(f) || contains(f, b)) continue;
      std::array<Eigen::Vector3d, 3> before;
      std::array<Eigen::Vector3d, 3> after;
      for (std::size_t i = 0; i < 3; ++i) {
        before[i] = vertex(face(f)[i]).point;
        after[i] = face(f)[i] == a ? point : before[i];
      }
      const Eigen::Vector3d old_cross = (before[1] - before[0]).cross(before[2] - before[0]);
      const Eigen::Vector3d new_cross = (after[1] - after[0]).cross(after[2] - after[0]);
      if (!(old_cross.dot(new_cross) > kMinCosine * old_cross.norm() * new_cross.norm())) {
        return false;
      }
    }
    return true;
  }

  void try_collapse(int a, int b, Rules rules) {
    const Eigen::Vector3d point = merge_of(a, b).point;
    if (flattens_piece(a, b)) return;
    if (rules == Rules::kKeepTopology && !keeps_topology(a, b)) return;
    if (!keeps_orientation(a, b, point) || !keeps_orientation(b, a, point)) return;
    Vertex& p = vertex(a);
    Vertex& q = vertex(b);
    const double area = p.area + q.area;
    if (area > 0) p.color = (p.area * p.color + q.area * q.color) / area;
    p.area = area;
    p.quadric += q.quadric;
    p.point = point;
    ++p.change;
    q.alive = false;
    for (const int f : q.faces) {
      if (!face_is_alive(f)) continue;
      if (contains(f, a)) {
        face_alive_[static_cast<std::size_t>(f)] = false;
        --alive_faces_;
        continue;
      }
      for (int& v : face(f)) v = v == b ? a : v;
      p.faces.push_back(f);
    }
    q.faces.clear();
    std::erase_if(p.faces, [&](int f) { return !face_is_alive(f); });
    find_neighbours(a, near_a_);
    for (const int neighbour : near_a_) queue_edge(a, neighbour);
  }

  void write_back() {
    std::vector<std::array<int, 3>> faces;
    faces.reserve(alive_faces_);
    for (std::size_t f = 0; f < mesh_.faces.size(); ++f) {
      if (face_alive_[f]) faces.push_back(mesh_.faces[f]);
    }
    mesh_.faces = std::move(faces);
    for (std::size_t i = 0; i < vertices_.size(); ++i) {
      mesh_.points[i] = vertices_[i].point;
      if (!mesh_.colors.empty()) mesh_.colors[i] = vertices_[i].color;
    }
  }

  ConnectedMesh& mesh_;
  double color_weight_;
  std::vector<Vertex> vertices_;
  std::vector<bool> face_alive_;
  std::size_t alive_faces_ = 0;
  std::priority_queue<Candidate> queue_;
  std::vector<int> near_a_;  ///< kept to save allocations
  std::vector<int> near_b_;
};

}  // namespace

void collapse_edges(ConnectedMesh& mesh, std::size_t target_faces, double color_scale) {
  Collapser(mesh, color_scale).run(target_faces);
}

}  // namespace sam6d
