#include "pose/candidate.hpp"

#include <numbers>

#include <doctest/doctest.h>

namespace sam6d {
namespace {

// acos near 1 in single precision.
constexpr float kAngleTolerance = 2e-3F;

Eigen::Matrix3f turn(float angle_rad, const Eigen::Vector3f& axis) {
  return Eigen::AngleAxisf(angle_rad, axis).toRotationMatrix();
}

Candidate at(float x, float score) {
  Candidate candidate;
  candidate.translation_m = Eigen::Vector3f(x, 0, 1);
  candidate.score = score;
  return candidate;
}

}  // namespace

TEST_CASE("rotation distance without symmetries is the angle") {
  const RotationDistance distance(Symmetries{});
  const Eigen::Matrix3f start = turn(0.4F, Eigen::Vector3f::UnitX());
  CHECK(distance(start, start * turn(0.7F, Eigen::Vector3f::UnitY())) ==
        doctest::Approx(0.7).epsilon(kAngleTolerance));
}

TEST_CASE("rotation distance forgets symmetries") {
  Symmetries discrete;
  discrete.discrete.push_back(RigidTransform::Identity());
  discrete.discrete.back().linear() =
      Eigen::AngleAxisd(std::numbers::pi, Eigen::Vector3d::UnitZ()).toRotationMatrix();
  const Eigen::Matrix3f start = turn(0.4F, Eigen::Vector3f::UnitX());
  const Eigen::Matrix3f half = turn(std::numbers::pi_v<float>, Eigen::Vector3f::UnitZ());
  CHECK(RotationDistance(discrete)(start, start * half) < kAngleTolerance);

  Symmetries revolution;
  revolution.continuous.push_back({});
  const RotationDistance about_z(revolution);
  CHECK(about_z(start, start * turn(1.1F, Eigen::Vector3f::UnitZ())) < kAngleTolerance);
  CHECK(about_z(start, start * turn(0.5F, Eigen::Vector3f::UnitX())) ==
        doctest::Approx(0.5).epsilon(kAngleTolerance));
}

TEST_CASE("suppression keeps the best of like poses, and a quota of each place") {
  SuppressionOptions options;
  options.near_m = 0.01F;
  options.near_rad = 0.1F;
  options.place_m = 0.1F;
  options.quota = 2;
  options.keep = 10;
  const std::vector<Candidate> kept =
      suppressed({at(0, 0.5F), at(0.005F, 0.9F), at(0.03F, 0.8F), at(0.06F, 0.7F), at(1, 0.1F)},
                 RotationDistance(Symmetries{}), options);
  REQUIRE(kept.size() == 3);
  CHECK(kept[0].score == 0.9F);
  CHECK(kept[1].score == 0.8F);
  CHECK(kept[2].score == 0.1F);
}

}  // namespace sam6d
