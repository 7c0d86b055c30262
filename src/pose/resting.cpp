#include "pose/resting.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include <Eigen/Geometry>

namespace sam6d {
namespace {

/// Tilts towards the nearest lowest rest.
std::pair<float, Eigen::Vector3f> settled(const GeometricFeatures& object, Eigen::Vector3f down) {
  constexpr float kFirstTilt = 0.1F;  // rad
  constexpr float kLastTilt = 0.005F;
  constexpr int kWays = 8;
  constexpr int kMostSteps = 200;
  float height = rest_height_m(object, down);
  float tilt = kFirstTilt;
  for (int step = 0; step < kMostSteps && tilt > kLastTilt; ++step) {
    const Eigen::Vector3f side = down.unitOrthogonal();
    const Eigen::Vector3f other = down.cross(side);
    Eigen::Vector3f lowest = down;
    for (int i = 0; i < kWays; ++i) {
      const float angle = 2.0F * std::numbers::pi_v<float> * static_cast<float>(i) / kWays;
      const Eigen::Vector3f towards = std::cos(angle) * side + std::sin(angle) * other;
      const Eigen::Vector3f tilted = (down + tilt * towards).normalized();
      const float there = rest_height_m(object, tilted);
      if (there >= height) continue;
      height = there;
      lowest = tilted;
    }
    if (lowest == down) tilt *= 0.5F;
    down = lowest;
  }
  return {height, down};
}

}  // namespace

float rest_height_m(const GeometricFeatures& object, const Eigen::Vector3f& down) {
  float height = 0;
  for (const Eigen::Vector3f& vertex : object.vertices_m) {
    height = std::max(height, down.dot(vertex));
  }
  return height;
}

std::vector<Eigen::Vector3f> resting_directions(const GeometricFeatures& object) {
  constexpr int kDirections = 400;
  constexpr float kNeighbor = 0.975F;  // cosine; the next ring of the lattice
  constexpr float kSame = 0.99F;       // cosine
  constexpr std::size_t kMost = 10;
  const std::vector<Eigen::Vector3f> all = even_directions(kDirections);
  std::vector<float> heights;
  heights.reserve(all.size());
  for (const Eigen::Vector3f& down : all) heights.push_back(rest_height_m(object, down));
  std::vector<std::pair<float, Eigen::Vector3f>> rests;
  for (std::size_t i = 0; i < all.size(); ++i) {
    bool lowest = true;
    for (std::size_t j = 0; j < all.size() && lowest; ++j) {
      lowest = heights[i] <= heights[j] || all[i].dot(all[j]) < kNeighbor;
    }
    if (!lowest) continue;
    const std::pair<float, Eigen::Vector3f> rest = settled(object, all[i]);
    const bool known = std::any_of(rests.begin(), rests.end(), [&](const auto& other) {
      return other.second.dot(rest.second) > kSame;
    });
    if (!known) rests.push_back(rest);
  }
  std::stable_sort(rests.begin(), rests.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  if (rests.size() > kMost) rests.resize(kMost);
  std::vector<Eigen::Vector3f> directions;
  directions.reserve(rests.size());
  for (const auto& [height, down] : rests) directions.push_back(down);
  return directions;
}

std::vector<Eigen::Vector3f> even_directions(int count) {
  std::vector<Eigen::Vector3f> all;
  all.reserve(static_cast<std::size_t>(count));
  const float golden = std::numbers::pi_v<float> * (3.0F - std::sqrt(5.0F));
  for (int i = 0; i < count; ++i) {
    const float z = 1.0F - (2.0F * static_cast<float>(i) + 1.0F) / static_cast<float>(count);
    const float radius = std::sqrt(1.0F - z * z);
    const float angle = static_cast<float>(i) * golden;
    all.emplace_back(radius * std::cos(angle), radius * std::sin(angle), z);
  }
  return all;
}

}  // namespace sam6d
