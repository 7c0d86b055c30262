#include "mesh/rotation_group.hpp"

#include "geometry/rigid_fit.hpp"

namespace sam6d {
namespace {

/// Index of the element nearest to a rotation; the group's size where none is near.
std::size_t find(const RotationGroup& group, const Eigen::Matrix3d& rotation) {
  std::size_t best = group.size();
  double best_angle = kSameRotation_rad;
  for (std::size_t i = 0; i < group.size(); ++i) {
    const double angle = rotation_angle_rad(group[i].transpose() * rotation);
    if (angle < best_angle) {
      best_angle = angle;
      best = i;
    }
  }
  return best;
}

/// Replaces every element by the mean of all products that should equal it, which makes a near
/// group an exact one within a few rounds. False when the products do not form a group.
bool make_exact(RotationGroup& group) {
  constexpr int kRounds = 4;
  const std::size_t size = group.size();
  std::vector<std::size_t> product(size * size);
  for (std::size_t i = 0; i < size; ++i) {
    for (std::size_t j = 0; j < size; ++j) {
      const std::size_t k = find(group, group[i] * group[j]);
      if (k == size) return false;
      product[i * size + j] = k;
    }
  }
  for (int round = 0; round < kRounds; ++round) {
    RotationGroup sums(size, Eigen::Matrix3d::Zero());
    for (std::size_t i = 0; i < size; ++i) {
      for (std::size_t j = 0; j < size; ++j) sums[product[i * size + j]] += group[i] * group[j];
    }
    for (std::size_t i = 0; i < size; ++i) group[i] = nearest_rotation(sums[i]);
    // The mean of the identity's products may be off by what all elements have in common.
    const Eigen::Matrix3d correction = group.front().transpose();
    for (Eigen::Matrix3d& element : group) element = correction * element;
  }
  return true;
}

}  // namespace

bool contains(const RotationGroup& group, const Eigen::Matrix3d& rotation) {
  return find(group, rotation) < group.size();
}

std::optional<RotationGroup> extended(const RotationGroup& group, const Eigen::Matrix3d& rotation,
                                      std::size_t max_size) {
  RotationGroup generators(group.begin() + 1, group.end());
  generators.push_back(rotation);
  RotationGroup result{Eigen::Matrix3d::Identity()};
  for (std::size_t i = 0; i < result.size(); ++i) {
    for (const Eigen::Matrix3d& generator : generators) {
      const Eigen::Matrix3d product = result[i] * generator;
      if (contains(result, product)) continue;
      if (result.size() == max_size) return std::nullopt;
      result.push_back(product);
    }
  }
  if (!make_exact(result)) return std::nullopt;
  return result;
}

}  // namespace sam6d
