#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include "sam6d/error.hpp"
#include "sam6d/evaluate.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

constexpr double kExact = 1e-9;      // m, px or rad: rounding of double
constexpr double kFromFloat = 1e-7;  // m: the points are float

const CameraIntrinsics kCamera{500, 500, 320, 240, 640, 480};

RigidTransform pose(double angle_rad, const Eigen::Vector3d& axis, const Eigen::Vector3d& t_m) {
  RigidTransform result = RigidTransform::Identity();
  result.linear() = Eigen::AngleAxisd(angle_rad, axis.normalized()).toRotationMatrix();
  result.translation() = t_m;
  return result;
}

const RigidTransform kTruth = pose(0.7, {1, 2, 3}, {0.05, -0.02, 0.8});
const std::vector<RigidTransform> kNoSymmetry{RigidTransform::Identity()};

TEST_CASE("rotation error is the angle between the poses, from zero to a half turn") {
  for (const double angle : {0.0, 1e-9, 1e-4, 0.5, 3.0, std::numbers::pi - 1e-9}) {
    const RigidTransform estimate = kTruth * pose(angle, {0, 1, 1}, {0, 0, 0});
    CHECK(rotation_error_rad(estimate, kTruth) == doctest::Approx(angle).epsilon(kExact));
  }
}

TEST_CASE("translation error is the distance") {
  RigidTransform estimate = kTruth;
  estimate.translation() += Eigen::Vector3d(0.03, 0.0, 0.04);
  CHECK(translation_error_m(estimate, kTruth) == doctest::Approx(0.05).epsilon(kExact));
}

TEST_CASE("a shift moves every point by its length") {
  const TriangleMesh mesh = test::box({0.1F, 0.06F, 0.04F});
  RigidTransform estimate = kTruth;
  estimate.translation() += Eigen::Vector3d(0.0, 0.003, -0.004);
  CHECK(add_m(mesh.vertices_m, estimate, kTruth) == doctest::Approx(0.005).epsilon(kExact));
  CHECK(mssd_m(mesh.vertices_m, kNoSymmetry, estimate, kTruth) ==
        doctest::Approx(0.005).epsilon(kExact));
  CHECK(adi_m(mesh.vertices_m, estimate, kTruth) <= 0.005 + kExact);
}

TEST_CASE("the errors of equal poses are zero") {
  const TriangleMesh mesh = test::box({0.1F, 0.06F, 0.04F});
  CHECK(add_m(mesh.vertices_m, kTruth, kTruth) == 0.0);
  CHECK(adi_m(mesh.vertices_m, kTruth, kTruth) < kFromFloat);
  CHECK(mssd_m(mesh.vertices_m, kNoSymmetry, kTruth, kTruth) < kExact);
  CHECK(mspd_px(mesh.vertices_m, kNoSymmetry, kCamera, kTruth, kTruth) < kExact);
  CHECK(projection_error_px(mesh.vertices_m, kCamera, kTruth, kTruth) == 0.0);
}

TEST_CASE("a symmetry of the box costs ADD but neither ADI nor MSSD nor MSPD") {
  const Eigen::Vector3f size(0.1F, 0.06F, 0.04F);
  const TriangleMesh mesh = test::box(size);
  const RigidTransform half_turn = pose(std::numbers::pi, {0, 0, 1}, {0, 0, 0});
  const RigidTransform estimate = kTruth * half_turn;
  const std::vector<RigidTransform> symmetries{RigidTransform::Identity(), half_turn};

  CHECK(add_m(mesh.vertices_m, estimate, kTruth) > 0.05);
  CHECK(adi_m(mesh.vertices_m, estimate, kTruth) < kFromFloat);
  CHECK(mssd_m(mesh.vertices_m, symmetries, estimate, kTruth) < kFromFloat);
  CHECK(mspd_px(mesh.vertices_m, symmetries, kCamera, estimate, kTruth) < 1e-4);
  // A corner swaps with the one across its face.
  const double diagonal = size.head<2>().cast<double>().norm();
  CHECK(mssd_m(mesh.vertices_m, kNoSymmetry, estimate, kTruth) ==
        doctest::Approx(diagonal).epsilon(kFromFloat));
}

TEST_CASE("a turn moves the points by twice their distance from the axis times sin(angle / 2)") {
  const std::vector<Eigen::Vector3f> points{{0.02F, 0, 0}, {0.1F, 0, 0.5F}};
  const RigidTransform estimate = kTruth * pose(0.2, {0, 0, 1}, {0, 0, 0});
  const double unit = 2.0 * std::sin(0.1);
  CHECK(add_m(points, estimate, kTruth) == doctest::Approx(0.06 * unit).epsilon(kFromFloat));
  CHECK(mssd_m(points, kNoSymmetry, estimate, kTruth) ==
        doctest::Approx(0.1 * unit).epsilon(kFromFloat));
}

TEST_CASE("sideways shifts are seen as focal length times shift over depth") {
  const std::vector<Eigen::Vector3f> points{{0, 0, 0}, {0, 0, 0.2F}};
  RigidTransform truth = RigidTransform::Identity();
  truth.translation() = Eigen::Vector3d(0, 0, 0.8);
  RigidTransform estimate = truth;
  estimate.translation().x() += 0.008;
  // 500 * 0.008 / 0.8 = 5 px and 500 * 0.008 / 1.0 = 4 px.
  CHECK(projection_error_px(points, kCamera, estimate, truth) == doctest::Approx(4.5));
  CHECK(mspd_px(points, kNoSymmetry, kCamera, estimate, truth) == doctest::Approx(5.0));
}

TEST_CASE("poses behind the camera are infinitely far off in the picture") {
  const TriangleMesh mesh = test::box({0.1F, 0.06F, 0.04F});
  RigidTransform behind = kTruth;
  behind.translation().z() = -0.8;
  CHECK(std::isinf(mspd_px(mesh.vertices_m, kNoSymmetry, kCamera, behind, kTruth)));
  CHECK(std::isinf(projection_error_px(mesh.vertices_m, kCamera, behind, kTruth)));
  CHECK(std::isinf(mspd_px(mesh.vertices_m, kNoSymmetry, kCamera, behind, behind)));
  CHECK(mssd_m(mesh.vertices_m, kNoSymmetry, behind, kTruth) == doctest::Approx(1.6));
}

TEST_CASE("without points or symmetries there is no error to compute") {
  const std::vector<Eigen::Vector3f> none;
  const std::vector<Eigen::Vector3f> one{{0, 0, 0}};
  CHECK_THROWS_AS((void)add_m(none, kTruth, kTruth), Error);
  CHECK_THROWS_AS((void)adi_m(none, kTruth, kTruth), Error);
  CHECK_THROWS_AS((void)projection_error_px(none, kCamera, kTruth, kTruth), Error);
  CHECK_THROWS_AS((void)mssd_m(none, kNoSymmetry, kTruth, kTruth), Error);
  CHECK_THROWS_AS((void)mssd_m(one, {}, kTruth, kTruth), Error);
  CHECK_THROWS_AS((void)mspd_px(one, {}, kCamera, kTruth, kTruth), Error);
}

}  // namespace
}  // namespace sam6d
