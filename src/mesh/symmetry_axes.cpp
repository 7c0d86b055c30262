#include "mesh/symmetry_axes.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>
#include <numbers>
#include <utility>

#include <Eigen/Geometry>

namespace sam6d {
namespace {

/// Distances to the surface on a grid, for a first look at very many rotations.
class DistanceGrid {
 public:
  explicit DistanceGrid(const SymmetrySurface& surface)
      : origin_(-kMargin * surface.radius()),
        cells_per_length_(static_cast<float>(kCells) / (2.0F * kMargin * surface.radius())),
        distances_(static_cast<std::size_t>(kCells) * kCells * kCells) {
    const float cell = 1.0F / cells_per_length_;
    const float reach = surface.radius() + cell;  // no rotated point lies farther out
    std::size_t i = 0;
    for (int z = 0; z < kCells; ++z) {
      for (int y = 0; y < kCells; ++y) {
        for (int x = 0; x < kCells; ++x, ++i) {
          const Eigen::Vector3f middle =
              (Eigen::Vector3f(static_cast<float>(x), static_cast<float>(y), static_cast<float>(z))
                   .array() +
               0.5F) *
                  cell +
              origin_;
          if (middle.norm() > reach) continue;
          distances_[i] = surface.distance_to_nearest_point(middle);
        }
      }
    }
  }

  [[nodiscard]] float at(const Eigen::Vector3f& point) const {
    const auto cell = [&](float x) {
      return std::clamp(static_cast<int>((x - origin_) * cells_per_length_), 0, kCells - 1);
    };
    const int index = (cell(point.z()) * kCells + cell(point.y())) * kCells + cell(point.x());
    return distances_[static_cast<std::size_t>(index)];
  }

 private:
  static constexpr int kCells = 40;
  static constexpr float kMargin = 1.02F;

  float origin_;
  float cells_per_length_;
  std::vector<float> distances_;
};

double misfit_of(const SymmetrySurface& surface, const DistanceGrid& grid,
                 const Eigen::Vector3d& axis, int order) {
  constexpr std::size_t kPoints = 250;
  constexpr float kCap = 0.1F;  // diameters; farther is just wrong
  const Eigen::Matrix3f rotation =
      Eigen::AngleAxisd(2.0 * std::numbers::pi / order, axis).toRotationMatrix().cast<float>();
  const std::size_t count = std::min(kPoints, surface.points().size());
  float sum = 0;
  for (std::size_t i = 0; i < count; ++i) {
    sum += std::min(kCap, grid.at(rotation * surface.points()[i].position));
  }
  return static_cast<double>(sum) / static_cast<double>(count);
}

/// The best candidates, best first, without those whose axis is nearly that of a better one of the
/// same order.
std::vector<AxisCandidate> best_apart(std::vector<AxisCandidate> candidates, std::size_t count) {
  constexpr double kSameAxis = 0.99;  // cosine of 8 degrees
  std::stable_sort(
      candidates.begin(), candidates.end(),
      [](const AxisCandidate& a, const AxisCandidate& b) { return a.misfit < b.misfit; });
  std::vector<AxisCandidate> kept;
  for (const AxisCandidate& candidate : candidates) {
    if (kept.size() == count) break;
    const bool is_new = std::none_of(kept.begin(), kept.end(), [&](const AxisCandidate& other) {
      return other.order == candidate.order && std::abs(other.axis.dot(candidate.axis)) > kSameAxis;
    });
    if (is_new) kept.push_back(candidate);
  }
  return kept;
}

}  // namespace

std::vector<Eigen::Vector3d> half_sphere(int count) {
  // A Fibonacci lattice (Gonzalez, Mathematical Geosciences, 2010).
  const double golden_angle = std::numbers::pi * (3.0 - std::sqrt(5.0));
  std::vector<Eigen::Vector3d> directions;
  directions.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    const double z = (i + 0.5) / count;
    const double radius = std::sqrt(1.0 - z * z);
    directions.emplace_back(radius * std::cos(golden_angle * i),
                            radius * std::sin(golden_angle * i), z);
  }
  return directions;
}

AxisCandidates find_axis_candidates(const SymmetrySurface& surface) {
  constexpr int kAxes = 900;           // about 5 degrees apart
  constexpr double kMaxMisfit = 0.04;  // diameters
  constexpr std::size_t kMaxRevolutions = 3;
  constexpr std::size_t kMaxRotations = 60;
  constexpr int kAllOrders = 0;
  constexpr std::array kOrders{2, 3, 5, 7, 11};

  const DistanceGrid grid(surface);
  std::vector<AxisCandidate> revolutions;
  std::vector<AxisCandidate> rotations;
  for (const Eigen::Vector3d& axis : half_sphere(kAxes)) {
    double worst = 0;
    for (const int order : kOrders) {
      const double misfit = misfit_of(surface, grid, axis, order);
      worst = std::max(worst, misfit);
      if (misfit < kMaxMisfit) rotations.push_back({axis, order, misfit});
    }
    if (worst < kMaxMisfit) revolutions.push_back({axis, kAllOrders, worst});
  }
  AxisCandidates result;
  for (const AxisCandidate& candidate : best_apart(std::move(revolutions), kMaxRevolutions)) {
    result.of_revolution.push_back(candidate.axis);
  }
  result.of_rotation = best_apart(std::move(rotations), kMaxRotations);
  return result;
}

}  // namespace sam6d
