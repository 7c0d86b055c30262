#include "pose/plane_fit.hpp"

#include <cmath>

#include <doctest/doctest.h>

#include "base/random.hpp"

namespace sam6d {
namespace {

constexpr int kHalf = 4;
constexpr float kGate = 0.015F;
constexpr int kLeast = 8;
// Single precision on values near 1 (1/m).
constexpr float kExact = 2e-6F;
// Fused multiply-adds round differently; slopes are differences of sums over 81 pixels.
constexpr float kBetweenLevels = 1e-5F;

InverseDepth tilted_plane(float noise) {
  InverseDepth picture(37, 21, kHalf);  // no multiple of the vector length
  Random random(3);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 0; x < picture.width; ++x) {
      picture.row(y)[x] = 1.2F + 0.0004F * static_cast<float>(x) - 0.0003F * static_cast<float>(y) +
                          noise * static_cast<float>(random.normal());
    }
  }
  return picture;
}

}  // namespace

TEST_CASE("a plane is fitted exactly, to its very border") {
  const InverseDepth picture = tilted_plane(0);
  PlaneFitRow row;
  for (const int y : {0, 10, 20}) {
    fit_planes(picture, y, kHalf, kGate, kLeast, SimdLevel::kScalar, row);
    for (int x = 0; x < picture.width; ++x) {
      const auto i = static_cast<std::size_t>(x);
      CHECK(std::abs(row.q0[i] - picture.row(y)[x]) < kExact);
      CHECK(std::abs(row.slope_x[i] - 0.0004F) < kExact);
      CHECK(std::abs(row.slope_y[i] + 0.0003F) < kExact);
    }
  }
}

TEST_CASE("a depth edge does not bend the planes beside it") {
  InverseDepth picture = tilted_plane(0);
  for (int y = 0; y < picture.height; ++y) {
    for (int x = 20; x < picture.width; ++x) picture.row(y)[x] *= 0.8F;
  }
  PlaneFitRow row;
  fit_planes(picture, 10, kHalf, kGate, kLeast, SimdLevel::kScalar, row);
  CHECK(std::abs(row.slope_x[19] - 0.0004F) < kExact);
  CHECK(std::abs(row.slope_x[20] - 0.8F * 0.0004F) < kExact);
}

TEST_CASE("no plane where there is no depth, or too little") {
  InverseDepth picture(16, 16, kHalf);
  picture.row(8)[8] = 1.0F;
  picture.row(8)[9] = 1.0F;
  PlaneFitRow row;
  fit_planes(picture, 8, kHalf, kGate, kLeast, SimdLevel::kScalar, row);
  for (int x = 0; x < 16; ++x) CHECK(row.q0[static_cast<std::size_t>(x)] == 0.0F);
}

TEST_CASE("the vector path gives what the scalar path gives") {
  if (simd_level() == SimdLevel::kScalar) {
    MESSAGE("this machine has no AVX2");
    return;
  }
  const InverseDepth picture = tilted_plane(0.002F);
  PlaneFitRow scalar;
  PlaneFitRow vector;
  for (int y = 0; y < picture.height; ++y) {
    fit_planes(picture, y, kHalf, kGate, kLeast, SimdLevel::kScalar, scalar);
    fit_planes(picture, y, kHalf, kGate, kLeast, SimdLevel::kAvx2, vector);
    for (std::size_t i = 0; i < static_cast<std::size_t>(picture.width); ++i) {
      CHECK(std::abs(scalar.q0[i] - vector.q0[i]) < kBetweenLevels);
      CHECK(std::abs(scalar.slope_x[i] - vector.slope_x[i]) < kBetweenLevels);
      CHECK(std::abs(scalar.slope_y[i] - vector.slope_y[i]) < kBetweenLevels);
    }
  }
}

}  // namespace sam6d
