#include "scenes/placement.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include <Eigen/Geometry>

namespace sam6d::scenes {
namespace {

using Eigen::Vector2d;
using Eigen::Vector3d;
using Eigen::Vector3f;

constexpr double kOutside = -1.0;

/// The lowest point of the body when `down` points along gravity: its index and depth below the
/// centre of mass.
std::pair<std::size_t, double> support(const SolidBody& body, const Vector3d& down) {
  const Vector3f direction = down.cast<float>();
  std::size_t best = 0;
  float most = -std::numeric_limits<float>::infinity();
  for (std::size_t i = 0; i < body.points_m.size(); ++i) {
    const float depth = direction.dot(body.points_m[i]);
    if (depth > most) {
      most = depth;
      best = i;
    }
  }
  return {best, static_cast<double>(most) - down.dot(body.centre_of_mass_m)};
}

}  // namespace

SolidBody solid_body(const TriangleMesh& mesh, double spacing_m) {
  SolidBody body;
  body.points_m = mesh.vertices_m;
  double volume = 0;
  Vector3d moment = Vector3d::Zero();
  for (const Eigen::Vector3i& face : mesh.faces) {
    const Vector3f& a = mesh.vertices_m[static_cast<std::size_t>(face.x())];
    const Vector3f& b = mesh.vertices_m[static_cast<std::size_t>(face.y())];
    const Vector3f& c = mesh.vertices_m[static_cast<std::size_t>(face.z())];
    const double part = a.cast<double>().dot(b.cast<double>().cross(c.cast<double>())) / 6;
    volume += part;
    moment += part * 0.25 * (a + b + c).cast<double>();
    const float longest =
        std::sqrt(std::max({(b - a).squaredNorm(), (c - b).squaredNorm(), (a - c).squaredNorm()}));
    const int steps = std::max(1, static_cast<int>(std::ceil(longest / spacing_m)));
    for (int i = 0; i <= steps; ++i) {
      for (int j = 0; i + j <= steps; ++j) {
        const float u = static_cast<float>(i) / static_cast<float>(steps);
        const float v = static_cast<float>(j) / static_cast<float>(steps);
        const bool corner = i == steps || j == steps || i + j == 0;
        if (corner) continue;
        body.points_m.push_back(a + u * (b - a) + v * (c - a));
      }
    }
  }
  if (std::abs(volume) > 1e-15) body.centre_of_mass_m = moment / volume;
  return body;
}

Eigen::Matrix3d resting_rotation(const SolidBody& body, Random& random) {
  // The height of the centre of mass over the plane is the body's support function; rolling
  // descends it, and its minima are the stable faces. Subgradient steps that shrink geometrically
  // end within 1e-4 rad of one.
  Vector3d down = random.direction();
  for (double step = 0.15; step > 5e-5; step *= 0.99) {
    const Vector3d arm =
        body.points_m[support(body, down).first].cast<double>() - body.centre_of_mass_m;
    const Vector3d uphill = arm - down * arm.dot(down);
    if (uphill.norm() < 1e-12) break;
    down = (down - step * uphill.normalized()).normalized();
  }
  const Eigen::Quaterniond upright = Eigen::Quaterniond::FromTwoVectors(down, -Vector3d::UnitZ());
  const Eigen::AngleAxisd turn(random.uniform(0, 2 * std::numbers::pi), Vector3d::UnitZ());
  return (turn * upright).toRotationMatrix();
}

HeightField::HeightField(const Vector2d& centre_m, const Vector2d& size_m, double cell_m,
                         double floor_m)
    : origin_m_(centre_m - 0.5 * size_m),
      cell_m_(cell_m),
      floor_m_(floor_m),
      columns_(static_cast<int>(std::ceil(size_m.x() / cell_m))),
      rows_(static_cast<int>(std::ceil(size_m.y() / cell_m))),
      top_(static_cast<std::size_t>(columns_) * static_cast<std::size_t>(rows_),
           static_cast<float>(floor_m)) {}

int HeightField::cell_of(double x, double y) const {
  const int column = static_cast<int>(std::floor((x - origin_m_.x()) / cell_m_));
  const int row = static_cast<int>(std::floor((y - origin_m_.y()) / cell_m_));
  if (column < 0 || row < 0 || column >= columns_ || row >= rows_) return -1;
  return row * columns_ + column;
}

void HeightField::add(const SolidBody& body, const RigidTransform& world_from_obj) {
  for (const Vector3f& point : body.points_m) {
    const Vector3d p = world_from_obj * point.cast<double>();
    for (int dy = -1; dy <= 1; ++dy) {
      for (int dx = -1; dx <= 1; ++dx) {
        const int cell = cell_of(p.x() + dx * cell_m_, p.y() + dy * cell_m_);
        if (cell < 0) continue;
        float& top = top_[static_cast<std::size_t>(cell)];
        top = std::max(top, static_cast<float>(p.z()));
      }
    }
  }
}

double HeightField::gap_m(const SolidBody& body, const RigidTransform& world_from_obj) const {
  double gap = std::numeric_limits<double>::infinity();
  for (const Vector3f& point : body.points_m) {
    const Vector3d p = world_from_obj * point.cast<double>();
    const int cell = cell_of(p.x(), p.y());
    if (cell < 0) return kOutside;
    gap = std::min(gap, p.z() - static_cast<double>(top_[static_cast<std::size_t>(cell)]));
  }
  return gap;
}

double HeightField::top_m(const SolidBody& body, const RigidTransform& world_from_obj) const {
  double top = floor_m_;
  for (const Vector3f& point : body.points_m) {
    const Vector3d p = world_from_obj * point.cast<double>();
    const int cell = cell_of(p.x(), p.y());
    if (cell >= 0) top = std::max(top, static_cast<double>(top_[static_cast<std::size_t>(cell)]));
  }
  return top;
}

bool drop(const HeightField& field, const SolidBody& body, RigidTransform& world_from_obj) {
  constexpr double kAbove = 100.0;  // higher than anything in a scene
  RigidTransform raised = world_from_obj;
  raised.translation().z() = kAbove;
  const double gap = field.gap_m(body, raised);
  if (gap < 0) return false;
  raised.translation().z() -= gap;
  world_from_obj = raised;
  return true;
}

void settle(const HeightField& field, const SolidBody& body, const SettleOptions& options,
            Random& random, RigidTransform& world_from_obj) {
  double height = (world_from_obj * body.centre_of_mass_m).z();
  double scale = 1;
  for (int i = 0; i < options.tries; ++i) {
    const Eigen::AngleAxisd turn(scale * options.max_turn_rad * random.uniform(),
                                 random.direction());
    const Vector3d centre = world_from_obj * body.centre_of_mass_m;
    RigidTransform moved = world_from_obj;
    moved.linear() = turn.toRotationMatrix() * world_from_obj.linear();
    moved.translation() = centre - moved.linear() * body.centre_of_mass_m;
    moved.translation().x() += scale * options.max_shift_m * random.uniform(-1, 1);
    moved.translation().y() += scale * options.max_shift_m * random.uniform(-1, 1);
    if (!drop(field, body, moved)) continue;
    const double lowered = (moved * body.centre_of_mass_m).z();
    if (lowered < height) {
      height = lowered;
      world_from_obj = moved;
    } else {
      scale = std::max(0.02, scale * 0.985);
    }
  }
}

void slide(const HeightField& field, const SolidBody& body, const Vector2d& direction,
           double max_distance_m, RigidTransform& world_from_obj) {
  const Vector2d step = direction.normalized() * 0.5 * field.cell_m();
  for (double moved = 0; moved < max_distance_m; moved += 0.5 * field.cell_m()) {
    RigidTransform next = world_from_obj;
    next.translation().head<2>() += step;
    if (field.gap_m(body, next) < -1e-6) return;
    world_from_obj = next;
  }
}

}  // namespace sam6d::scenes
