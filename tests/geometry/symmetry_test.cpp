#include "sam6d/symmetry.hpp"

#include <fstream>
#include <numbers>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/error.hpp"

namespace sam6d {
namespace {

constexpr double kGolden = 1e-9;  // the golden numbers have 12 digits

std::vector<RigidTransform> golden(const char* key) {
  std::ifstream file(SAM6D_TEST_DATA "/bop_metrics/symmetry_transforms.json");
  const nlohmann::json json = nlohmann::json::parse(file).at(key);
  std::vector<RigidTransform> transforms;
  for (const nlohmann::json& entry : json) {
    RigidTransform transform = RigidTransform::Identity();
    for (int i = 0; i < 9; ++i) {
      transform.linear()(i / 3, i % 3) = entry.at("R").at(static_cast<std::size_t>(i));
    }
    for (int i = 0; i < 3; ++i) {
      transform.translation()[i] = entry.at("t").at(static_cast<std::size_t>(i));
    }
    transforms.push_back(transform);
  }
  return transforms;
}

void check_equal(const std::vector<RigidTransform>& found,
                 const std::vector<RigidTransform>& expected) {
  REQUIRE(found.size() >= expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK((found[i].matrix() - expected[i].matrix()).cwiseAbs().maxCoeff() < kGolden);
  }
}

RigidTransform about_z(double angle_rad) {
  return RigidTransform(Eigen::AngleAxisd(angle_rad, Eigen::Vector3d::UnitZ()));
}

TEST_CASE("an object without symmetries has the identity alone") {
  const std::vector<RigidTransform> transforms = symmetry_transforms({});
  CHECK(transforms.size() == 1);
  check_equal(transforms, golden("1"));
}

TEST_CASE("discrete symmetries follow the identity in their order, as in the BOP toolkit") {
  Symmetries symmetries;
  for (const double degrees : {60, 120, 180, 240, 300}) {
    symmetries.discrete.push_back(about_z(degrees * std::numbers::pi / 180.0));
  }
  std::vector<RigidTransform> expected = golden("2");
  REQUIRE(expected.size() == 6);
  // models_info.json lists 120 degrees as the third and so does the golden list.
  for (const RigidTransform& transform : symmetry_transforms(symmetries)) {
    bool found = false;
    for (const RigidTransform& other : expected) {
      found |= (transform.matrix() - other.matrix()).cwiseAbs().maxCoeff() < kGolden;
    }
    CHECK(found);
  }
  symmetries.discrete.assign(expected.begin() + 1, expected.end());
  check_equal(symmetry_transforms(symmetries), expected);
}

TEST_CASE("an axis of revolution becomes 315 steps, as in the BOP toolkit") {
  Symmetries symmetries;
  symmetries.continuous.emplace_back();
  const std::vector<RigidTransform> transforms = symmetry_transforms(symmetries);
  CHECK(transforms.size() == 315);
  check_equal(transforms, golden("4_first_three_of_315"));
}

TEST_CASE("an axis of revolution keeps its points where they are") {
  Symmetries symmetries;
  symmetries.continuous.push_back({Eigen::Vector3d(0, 3, 4), Eigen::Vector3d(0.1, 0.2, -0.3)});
  for (const RigidTransform& transform : symmetry_transforms(symmetries, 0.1)) {
    const Eigen::Vector3d on_axis =
        symmetries.continuous[0].offset_m + Eigen::Vector3d(0, 0.3, 0.4);
    CHECK((transform * on_axis - on_axis).norm() < kGolden);
  }
}

TEST_CASE("discrete and continuous symmetries are combined") {
  Symmetries symmetries;
  symmetries.continuous.emplace_back();
  symmetries.discrete.emplace_back(Eigen::AngleAxisd(std::numbers::pi, Eigen::Vector3d::UnitX()));
  const std::vector<RigidTransform> transforms = symmetry_transforms(symmetries, 0.5);
  const std::size_t steps = 7;  // pi / 0.5, rounded up
  REQUIRE(transforms.size() == 2 * steps);
  CHECK(transforms[0].isApprox(RigidTransform::Identity()));
  for (std::size_t i = 0; i < steps; ++i) {
    CHECK(transforms[i].linear()(2, 2) == doctest::Approx(1.0));
    CHECK(transforms[steps + i].linear()(2, 2) == doctest::Approx(-1.0));
  }
}

TEST_CASE("a step or an axis that makes no sense is refused") {
  Symmetries symmetries;
  CHECK_THROWS_AS((void)symmetry_transforms(symmetries, 0.0), Error);
  CHECK_THROWS_AS((void)symmetry_transforms(symmetries, std::nan("")), Error);
  symmetries.continuous.push_back({Eigen::Vector3d::Zero(), Eigen::Vector3d::Zero()});
  CHECK_THROWS_AS((void)symmetry_transforms(symmetries), Error);
}

}  // namespace
}  // namespace sam6d
