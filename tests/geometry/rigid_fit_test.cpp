#include "geometry/rigid_fit.hpp"

#include <numbers>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "support/errors.hpp"

namespace sam6d {
namespace {

constexpr double kExact = 1e-12;  // rounding of double

std::vector<Eigen::Vector3d> random_points(int count, Random& random) {
  std::vector<Eigen::Vector3d> points;
  for (int i = 0; i < count; ++i) {
    points.emplace_back(random.normal(), random.normal(), random.normal());
  }
  return points;
}

RigidTransform random_transform(Random& random) {
  RigidTransform transform = RigidTransform::Identity();
  transform.linear() =
      rotation_about(Eigen::Vector3d(random.normal(), random.normal(), random.normal()));
  transform.translation() << random.normal(), random.normal(), random.normal();
  return transform;
}

TEST_CASE("the transform between two sets of points is found") {
  Random random(1);
  for (int count = 3; count < 30; ++count) {
    const RigidTransform truth = random_transform(random);
    const auto in_a = random_points(count, random);
    std::vector<Eigen::Vector3d> in_b;
    for (const Eigen::Vector3d& point : in_a) in_b.push_back(truth * point);
    const RigidTransform found = fit_rigid(in_a, in_b);
    CHECK((found.matrix() - truth.matrix()).cwiseAbs().maxCoeff() < 1e3 * kExact);
  }
}

TEST_CASE("pairs of weight zero do not count") {
  Random random(2);
  const RigidTransform truth = random_transform(random);
  const auto in_a = random_points(20, random);
  std::vector<Eigen::Vector3d> in_b;
  std::vector<double> weights(20, 2.0);
  for (const Eigen::Vector3d& point : in_a) in_b.push_back(truth * point);
  in_b[4].setConstant(100.0);
  weights[4] = 0.0;
  const RigidTransform found = fit_rigid(in_a, in_b, weights);
  CHECK((found.matrix() - truth.matrix()).cwiseAbs().maxCoeff() < 1e3 * kExact);
}

TEST_CASE("a mirror image is answered by a rotation, and points on a line by one of the best") {
  Random random(3);
  const auto in_a = random_points(10, random);
  std::vector<Eigen::Vector3d> mirrored;
  std::vector<Eigen::Vector3d> line;
  for (const Eigen::Vector3d& point : in_a) {
    mirrored.emplace_back(-point.x(), point.y(), point.z());
    line.emplace_back(point.x(), 0.0, 0.0);
  }
  CHECK(fit_rigid(in_a, mirrored).linear().determinant() == doctest::Approx(1.0));
  const RigidTransform on_line = fit_rigid(line, line);
  CHECK(on_line.linear().determinant() == doctest::Approx(1.0));
  for (const Eigen::Vector3d& point : line) CHECK((on_line * point - point).norm() < 1e3 * kExact);
}

TEST_CASE("angles of rotations, small and large") {
  for (const double angle : {0.0, 1e-9, 1e-3, 1.0, 3.0, std::numbers::pi}) {
    const Eigen::Matrix3d rotation = rotation_about(angle * Eigen::Vector3d(0.6, 0.0, 0.8));
    CHECK(rotation_angle_rad(rotation) == doctest::Approx(angle).epsilon(1e-9));
  }
}

TEST_CASE("the nearest rotation of a scaled rotation is the rotation") {
  const Eigen::Matrix3d rotation = rotation_about({0.3, -0.2, 0.9});
  CHECK((nearest_rotation(2.5 * rotation) - rotation).cwiseAbs().maxCoeff() < 1e3 * kExact);
}

TEST_CASE("pairs and weights that make no sense are refused") {
  const std::vector<Eigen::Vector3d> one(1, Eigen::Vector3d::Zero());
  const std::vector<Eigen::Vector3d> two(2, Eigen::Vector3d::Zero());
  const std::vector<double> none(1, 0.0);
  const std::vector<double> negative(1, -1.0);
  CHECK(test::error_of([&] { (void)fit_rigid({}, {}); }));
  CHECK(test::error_of([&] { (void)fit_rigid(one, two); }));
  CHECK(test::error_of([&] { (void)fit_rigid(one, one, none); }));
  CHECK(test::error_of([&] { (void)fit_rigid(one, one, negative); }));
}

}  // namespace
}  // namespace sam6d
