#include "object/look_alikes.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include <Eigen/Eigenvalues>
#include <Eigen/Geometry>

namespace sam6d {
namespace {

constexpr float kNear = 0.07F;        // share of the diameter
constexpr float kSameNormal = 0.6F;   // cosine
constexpr double kLeastShare = 0.72;  // of the points
constexpr std::size_t kProbes = 150;
constexpr int kStepsPerTurn = 24;
constexpr std::size_t kMost = 24;

/// The coordinate axes and the principal axes.
std::vector<Eigen::Vector3f> candidate_axes(std::span<const ModelPoint> points) {
  std::vector<Eigen::Vector3f> axes = {Eigen::Vector3f::UnitX(), Eigen::Vector3f::UnitY(),
                                       Eigen::Vector3f::UnitZ()};
  Eigen::Matrix3f covariance = Eigen::Matrix3f::Zero();
  for (const ModelPoint& point : points) {
    covariance += point.position_m * point.position_m.transpose();
  }
  const Eigen::SelfAdjointEigenSolver<Eigen::Matrix3f> solver(covariance);
  for (int i = 0; i < 3; ++i) {
    const Eigen::Vector3f axis = solver.eigenvectors().col(i);
    constexpr float kSameAxis = 0.99F;
    const bool known = std::any_of(axes.begin(), axes.end(), [&](const Eigen::Vector3f& other) {
      return std::abs(other.dot(axis)) > kSameAxis;
    });
    if (!known) axes.push_back(axis);
  }
  return axes;
}

/// Share of the points that fall on the surface again.
double agreement(std::span<const ModelPoint> points, std::span<const std::uint16_t> references,
                 const Eigen::Matrix3f& turn, float near_m) {
  const std::size_t step = std::max<std::size_t>(1, references.size() / kProbes);
  int probes = 0;
  int hits = 0;
  for (std::size_t i = 0; i < references.size(); i += step) {
    const ModelPoint& point = points[references[i]];
    const Eigen::Vector3f position = turn * point.position_m;
    const Eigen::Vector3f normal = turn * point.normal;
    ++probes;
    for (const std::uint16_t other : references) {
      const ModelPoint& target = points[other];
      if ((target.position_m - position).squaredNorm() < near_m * near_m &&
          target.normal.dot(normal) > kSameNormal) {
        ++hits;
        break;
      }
    }
  }
  return probes > 0 ? static_cast<double>(hits) / probes : 0.0;
}

bool is_symmetry(const Eigen::Matrix3f& turn, const Symmetries& symmetries) {
  constexpr float kSame = 0.995F;  // cosine
  if (symmetries.continuous.size() > 1) return true;
  if (symmetries.continuous.size() == 1) {
    const Eigen::Vector3f axis = symmetries.continuous.front().axis.cast<float>().normalized();
    if (axis.dot(turn * axis) > kSame) return true;
  }
  return std::any_of(symmetries.discrete.begin(), symmetries.discrete.end(),
                     [&](const RigidTransform& symmetry) {
                       const Eigen::Matrix3f linear = symmetry.linear().cast<float>();
                       return 0.5F * (linear.cwiseProduct(turn).sum() - 1.0F) > kSame;
                     });
}

}  // namespace

std::vector<Eigen::Matrix3f> find_look_alikes(std::span<const ModelPoint> points,
                                              std::span<const std::uint16_t> references,
                                              float diameter_m, const Symmetries& symmetries) {
  struct Turn {
    double share = 0;
    Eigen::Matrix3f rotation = Eigen::Matrix3f::Identity();
  };
  std::vector<Turn> turns;
  for (const Eigen::Vector3f& axis : candidate_axes(points)) {
    for (int i = 1; i < kStepsPerTurn; ++i) {
      const float angle =
          static_cast<float>(i) * (2.0F * std::numbers::pi_v<float> / kStepsPerTurn);
      const Eigen::Matrix3f rotation = Eigen::AngleAxisf(angle, axis).toRotationMatrix();
      if (is_symmetry(rotation, symmetries)) continue;
      const double share = agreement(points, references, rotation, kNear * diameter_m);
      if (share >= kLeastShare) turns.push_back({share, rotation});
    }
  }
  std::stable_sort(turns.begin(), turns.end(),
                   [](const Turn& a, const Turn& b) { return a.share > b.share; });
  std::vector<Eigen::Matrix3f> rotations;
  for (const Turn& turn : turns) {
    // With a symmetry before it, the same turn again.
    const bool known = std::any_of(rotations.begin(), rotations.end(), [&](const auto& other) {
      return is_symmetry(other.transpose() * turn.rotation, symmetries) ||
             0.5F * (other.cwiseProduct(turn.rotation).sum() - 1.0F) > 0.995F;
    });
    if (!known) rotations.push_back(turn.rotation);
    if (rotations.size() >= kMost) break;
  }
  return rotations;
}

}  // namespace sam6d
