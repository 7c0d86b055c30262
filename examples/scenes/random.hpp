#pragma once

#include <cmath>
#include <cstdint>
#include <numbers>

#include <Eigen/Geometry>

namespace sam6d::scenes {

/// A seeded generator (splitmix64, Steele et al. 2014): the same numbers on every machine.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x2545f4914f6cdd1dU + 0x9e3779b97f4a7c15U) {}

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15U;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
    return z ^ (z >> 31U);
  }
  /// Uniform in [0, 1).
  double uniform() { return static_cast<double>(next() >> 11U) * 0x1p-53; }
  /// Uniform in [low, high).
  double uniform(double low, double high) { return low + (high - low) * uniform(); }
  /// Uniform in 0 .. count-1; count > 0.
  int below(int count) {
    return static_cast<int>(((next() >> 32U) * static_cast<std::uint64_t>(count)) >> 32U);
  }
  bool chance(double probability) { return uniform() < probability; }
  /// Mean 0, standard deviation 1 (Box-Muller).
  double normal() {
    const double radius = std::sqrt(-2.0 * std::log(1.0 - uniform()));
    return radius * std::cos(2.0 * std::numbers::pi * uniform());
  }
  /// Uniform over the sphere.
  Eigen::Vector3d direction() {
    const double z = uniform(-1, 1);
    const double angle = uniform(0, 2 * std::numbers::pi);
    const double r = std::sqrt(1 - z * z);
    return {r * std::cos(angle), r * std::sin(angle), z};
  }
  /// Uniform over all rotations (Shoemake 1992).
  Eigen::Matrix3d rotation() {
    const double a = uniform();
    const double b = uniform(0, 2 * std::numbers::pi);
    const double c = uniform(0, 2 * std::numbers::pi);
    return Eigen::Quaterniond(std::sqrt(1 - a) * std::sin(b), std::sqrt(1 - a) * std::cos(b),
                              std::sqrt(a) * std::sin(c), std::sqrt(a) * std::cos(c))
        .toRotationMatrix();
  }

 private:
  std::uint64_t state_;
};

}  // namespace sam6d::scenes
