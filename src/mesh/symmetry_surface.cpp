#include "mesh/symmetry_surface.hpp"

#include <algorithm>
#include <cmath>

#include <Eigen/Geometry>

#include "geometry/rigid_fit.hpp"
#include "geometry/triangle_distance.hpp"
#include "mesh/face_sampling.hpp"
#include "mesh/surface_color.hpp"
#include "mesh/triangle.hpp"

namespace sam6d {
namespace {

constexpr std::size_t kProbes = 3000;        // points that are moved and compared
constexpr std::size_t kFirstProbes = 150;    // of them, enough to turn down most transforms
constexpr double kFirstMargin = 0.08;        // of the share: four standard deviations of it
constexpr std::size_t kNeighbours = 4;       // points whose faces are looked at
constexpr std::size_t kColorNeighbours = 6;  // points whose colour may be the right one
constexpr std::size_t kSmoothedOver = 12;    // points that a colour is averaged over

struct Centroid {
  Eigen::Vector3d center_m = Eigen::Vector3d::Zero();
  double area_m2 = 0;
};

Centroid centroid(const TriangleMesh& mesh) {
  Centroid result;
  for (const Eigen::Vector3i& face : mesh.faces) {
    const double area = 0.5 * doubled_area_vector(mesh, face).norm();
    result.area_m2 += area;
    for (int i = 0; i < 3; ++i) result.center_m += area / 3.0 * corner_m(mesh, face, i);
  }
  if (result.area_m2 > 0) result.center_m /= result.area_m2;
  return result;
}

/// So many that their spacing is below the tolerance.
int point_count(double area, double tolerance) {
  constexpr double kMin = 4000;
  constexpr double kMax = 40000;
  return static_cast<int>(std::clamp(2.0 * area / (tolerance * tolerance), kMin, kMax));
}

/// Gauss-Newton's equations for the small motion that takes points onto the surface.
class StepEquations {
 public:
  explicit StepEquations(float gate) : gate_(gate) {}

  /// A point that is `off` from the surface along a direction; beyond the gate it does not count.
  void add(const Eigen::Vector3f& point, const Eigen::Vector3f& direction, float off) {
    const double ratio = static_cast<double>(off / gate_);
    if (!(std::abs(ratio) < 1.0)) return;
    const double weight = (1.0 - ratio * ratio) * (1.0 - ratio * ratio);  // Tukey's biweight
    Eigen::Matrix<double, 6, 1> row;
    row << point.cross(direction).cast<double>(), direction.cast<double>();
    matrix_ += weight * row * row.transpose();
    gradient_ += weight * static_cast<double>(off) * row;
    weights_ += weight;
  }

  [[nodiscard]] RigidTransform step(double damping) const {
    Eigen::Matrix<double, 6, 6> damped = matrix_;
    damped.diagonal().array() += damping * weights_ + 1e-9;
    const Eigen::Matrix<double, 6, 1> motion = -damped.ldlt().solve(gradient_);
    RigidTransform change = RigidTransform::Identity();
    change.linear() = rotation_about(motion.head<3>());
    change.translation() = motion.tail<3>();
    return change;
  }

 private:
  float gate_;
  double weights_ = 0;
  Eigen::Matrix<double, 6, 6> matrix_ = Eigen::Matrix<double, 6, 6>::Zero();
  Eigen::Matrix<double, 6, 1> gradient_ = Eigen::Matrix<double, 6, 1>::Zero();
};

}  // namespace

SymmetrySurface::SymmetrySurface(const TriangleMesh& mesh, const SymmetryDetectionOptions& options)
    : options_(options), diameter_m_(sam6d::diameter_m(mesh)) {
  const Centroid middle = centroid(mesh);
  center_m_ = middle.center_m;
  const auto normalized = [&](const Eigen::Vector3d& point_m) -> Eigen::Vector3f {
    return ((point_m - center_m_) / diameter_m_).cast<float>();
  };
  const int count = point_count(middle.area_m2 / (diameter_m_ * diameter_m_), options.tolerance);
  std::vector<Eigen::Vector3f> positions;
  std::vector<SurfaceSample> samples;
  for (const FacePoint& place : sample_faces(mesh, count, 0)) {
    const SurfaceSample sample = surface_sample(mesh, place);
    positions.push_back(normalized(sample.point_m.cast<double>()));
    points_.push_back({positions.back(), sample.normal});
    const Eigen::Vector3i& face = mesh.faces[place.face];
    triangles_.push_back({normalized(corner_m(mesh, face, 0)), normalized(corner_m(mesh, face, 1)),
                          normalized(corner_m(mesh, face, 2))});
    radius_ = std::max(radius_, positions.back().norm());
    samples.push_back(sample);
  }
  tree_.emplace(positions);
  if (mesh.has_color() && options.use_color) smooth_colors(samples);
}

void SymmetrySurface::smooth_colors(std::span<const SurfaceSample> samples) {
  colors_.resize(points_.size());
  std::array<PointTree::Neighbour, kSmoothedOver> near;
  for (std::size_t i = 0; i < points_.size(); ++i) {
    const std::size_t found = tree_->nearest(points_[i].position, near);
    Eigen::Vector3f sum = Eigen::Vector3f::Zero();
    for (std::size_t j = 0; j < found; ++j) sum += to_vector(samples[near[j].index].color);
    colors_[i] = sum / (255.0F * static_cast<float>(found));
  }
}

float SymmetrySurface::distance_to_nearest_point(const Eigen::Vector3f& query) const {
  return std::sqrt(tree_->nearest(query).squared_distance);
}

Eigen::Vector3f SymmetrySurface::closest(const Eigen::Vector3f& query) const {
  std::array<PointTree::Neighbour, kNeighbours> near;
  const std::size_t found = tree_->nearest(query, near);
  Eigen::Vector3f best = points_[near[0].index].position;
  float best_squared = near[0].squared_distance;
  for (std::size_t i = 0; i < found; ++i) {
    const auto& [a, b, c] = triangles_[near[i].index];
    const Eigen::Vector3f point = closest_on_triangle(query, a, b, c);
    const float squared = (point - query).squaredNorm();
    if (!(squared < best_squared)) continue;
    best_squared = squared;
    best = point;
  }
  return best;
}

bool SymmetrySurface::shape_stays_inside(const RigidTransform& transform) const {
  // However small the share of the surface, a part that sticks out this far breaks the symmetry.
  constexpr float kFarOff = 3.0F;        // tolerances
  constexpr double kShareFarOff = 0.05;  // of the share that may be outside of the tolerance
  const Eigen::Matrix3f rotation = transform.linear().cast<float>();
  const Eigen::Vector3f shift = transform.translation().cast<float>();
  const auto tolerance = static_cast<float>(options_.tolerance);
  const double may_fail = 1.0 - options_.min_share;
  const std::size_t probes = std::min(kProbes, points_.size());
  std::size_t outside = 0;
  std::size_t far_off = 0;
  for (std::size_t i = 0; i < probes; ++i) {
    if (i == kFirstProbes &&
        static_cast<double>(outside) > (may_fail + kFirstMargin) * static_cast<double>(i)) {
      return false;
    }
    const Eigen::Vector3f moved = rotation * points_[i].position + shift;
    if (tree_->nearest(moved).squared_distance <= tolerance * tolerance) continue;
    const float off = (moved - closest(moved)).norm();
    outside += off > tolerance ? 1 : 0;
    far_off += off > kFarOff * tolerance ? 1 : 0;
  }
  const auto all = static_cast<double>(probes);
  return static_cast<double>(outside) <= may_fail * all &&
         static_cast<double>(far_off) <= kShareFarOff * may_fail * all;
}

bool SymmetrySurface::shape_agrees(const RigidTransform& transform) const {
  return shape_stays_inside(transform) && shape_stays_inside(transform.inverse());
}

bool SymmetrySurface::color_agrees_one_way(const RigidTransform& transform) const {
  constexpr float kSameColor = 0.15F;  // of the range of a channel
  constexpr double kMayDiffer = 0.03;  // of the surface
  const Eigen::Matrix3f rotation = transform.linear().cast<float>();
  const Eigen::Vector3f shift = transform.translation().cast<float>();
  const std::size_t probes = std::min(kProbes, points_.size());
  std::array<PointTree::Neighbour, kColorNeighbours> near;
  std::size_t differ = 0;
  for (std::size_t i = 0; i < probes; ++i) {
    if (i == kFirstProbes &&
        static_cast<double>(differ) > (kMayDiffer + kFirstMargin) * static_cast<double>(i)) {
      return false;
    }
    // On the border between two colours some point in the surroundings is of the right one.
    const std::size_t found = tree_->nearest(rotation * points_[i].position + shift, near);
    const bool agrees = std::any_of(
        near.begin(), near.begin() + static_cast<std::ptrdiff_t>(found), [&](const auto& there) {
          return (colors_[i] - colors_[there.index]).cwiseAbs().maxCoeff() <= kSameColor;
        });
    differ += agrees ? 0 : 1;
  }
  return static_cast<double>(differ) <= kMayDiffer * static_cast<double>(probes);
}

bool SymmetrySurface::color_agrees(const RigidTransform& transform) const {
  if (colors_.empty()) return true;
  return color_agrees_one_way(transform) && color_agrees_one_way(transform.inverse());
}

RigidTransform SymmetrySurface::refined(const RigidTransform& start) const {
  constexpr std::array kGates{0.12F, 0.08F, 0.06F, 0.04F, 0.03F, 0.02F, 0.02F, 0.02F, 0.02F};
  constexpr std::size_t kPoints = 400;
  constexpr float kMinCosine = 0.3F;
  constexpr double kDamping = 1e-3;  // keeps still what the surface hardly determines
  RigidTransform transform = start;
  for (const float gate : kGates) {
    const Eigen::Matrix3f rotation = transform.linear().cast<float>();
    const Eigen::Vector3f shift = transform.translation().cast<float>();
    StepEquations equations(gate);
    for (std::size_t i = 0; i < std::min(kPoints, points_.size()); ++i) {
      const Eigen::Vector3f moved = rotation * points_[i].position + shift;
      const Point& target = points_[tree_->nearest(moved).index];
      if (target.normal.dot(rotation * points_[i].normal) < kMinCosine) continue;
      equations.add(moved, target.normal, target.normal.dot(moved - target.position));
    }
    transform = equations.step(kDamping) * transform;
  }
  transform.linear() = nearest_rotation(transform.linear());
  return transform;
}

RigidTransform SymmetrySurface::polished(const RigidTransform& start) const {
  constexpr int kSteps = 5;
  constexpr std::size_t kPoints = 1000;
  constexpr float kGate = 0.05F;
  constexpr double kDamping = 1e-5;
  RigidTransform transform = start;
  for (int step = 0; step < kSteps; ++step) {
    const Eigen::Matrix3f rotation = transform.linear().cast<float>();
    const Eigen::Vector3f shift = transform.translation().cast<float>();
    StepEquations equations(kGate);
    for (std::size_t i = 0; i < std::min(kPoints, points_.size()); ++i) {
      const Eigen::Vector3f moved = rotation * points_[i].position + shift;
      const Eigen::Vector3f away = moved - closest(moved);
      const float off = away.norm();
      if (off > 1e-6F) {
        equations.add(moved, away / off, off);
      } else {
        equations.add(moved, rotation * points_[i].normal, 0.0F);
      }
    }
    transform = equations.step(kDamping) * transform;
  }
  transform.linear() = nearest_rotation(transform.linear());
  return transform;
}

}  // namespace sam6d
