#include "scenes/placement.hpp"

#include <algorithm>
#include <cmath>

#include <doctest/doctest.h>
#include <Eigen/Geometry>

#include "scenes/inside.hpp"
#include "scenes/procedural_meshes.hpp"
#include "scenes/supports.hpp"

namespace sam6d::scenes {
namespace {

constexpr double kCell = 0.002;          // m
constexpr double kContact = 1e-5;        // m; height fields hold floats
constexpr double kFlatness = 2e-4;       // m over 0.2 m: rolling ends within 1e-3 rad of a face
constexpr double kPenetration = 0.0005;  // m; surface points are 1.4 mm apart

double lowest(const SolidBody& body, const RigidTransform& pose) {
  double z = 1e9;
  for (const Eigen::Vector3f& p : body.points_m) z = std::min(z, (pose * p.cast<double>()).z());
  return z;
}

SolidBody box_body(const Eigen::Vector3f& size) {
  return solid_body(textured_box(size, Image<Rgb8>(1, 1)), 0.7 * kCell);
}

TEST_CASE("a box comes to rest on one of its faces") {
  const Eigen::Vector3f size(0.2F, 0.12F, 0.05F);
  const SolidBody body = box_body(size);
  CHECK(body.centre_of_mass_m.norm() < 1e-6);
  Random random(1);
  for (int i = 0; i < 60; ++i) {
    RigidTransform pose = RigidTransform::Identity();
    pose.linear() = resting_rotation(body, random);
    // Of the eight corners four are down: their heights agree, and one half extent is vertical.
    std::vector<double> heights;
    for (int corner = 0; corner < 8; ++corner) {
      const Eigen::Vector3d sign((corner & 1) ? 0.5 : -0.5, (corner & 2) ? 0.5 : -0.5,
                                 (corner & 4) ? 0.5 : -0.5);
      heights.push_back((pose.linear() * sign.cwiseProduct(size.cast<double>())).z());
    }
    std::ranges::sort(heights);
    CHECK(heights[3] - heights[0] < kFlatness);
    CHECK(heights[4] - heights[3] > 0.04);
  }
}

TEST_CASE("a dropped body touches the floor or what lies there, and nothing in between") {
  HeightField field({0, 0}, {1, 1}, kCell, 0.25);
  const SolidBody slab = box_body({0.2F, 0.2F, 0.04F});
  RigidTransform pose = RigidTransform::Identity();
  REQUIRE(drop(field, slab, pose));
  CHECK(lowest(slab, pose) == doctest::Approx(0.25).epsilon(kContact));
  field.add(slab, pose);
  RigidTransform second = RigidTransform::Identity();
  second.translation().x() = 0.1;
  REQUIRE(drop(field, slab, second));
  CHECK(std::abs(lowest(slab, second) - 0.29) < kContact);
  RigidTransform outside = RigidTransform::Identity();
  outside.translation().x() = 0.45;
  CHECK_FALSE(drop(field, slab, outside));
}

TEST_CASE("a body slides up to its neighbour") {
  HeightField field({0, 0}, {1, 1}, kCell, 0);
  const SolidBody cube = box_body({0.1F, 0.1F, 0.1F});
  RigidTransform fixed = RigidTransform::Identity();
  REQUIRE(drop(field, cube, fixed));
  field.add(cube, fixed);
  RigidTransform moved = fixed;
  moved.translation().x() = 0.3;
  slide(field, cube, {-1, 0}, 0.3, moved);
  CHECK(moved.translation().x() >= 0.1);
  CHECK(moved.translation().x() <= 0.1 + 3 * kCell);
}

TEST_CASE("settling lowers the centre of mass of a pile, and nothing penetrates") {
  Random random(4);
  HeightField field({0, 0}, {0.24, 0.24}, kCell, 0);
  std::vector<ShapeModel> shapes;
  std::vector<RigidTransform> poses;
  for (const ShapeKind kind : {ShapeKind::kStepBlock, ShapeKind::kMug, ShapeKind::kFlangeNut,
                               ShapeKind::kBracket, ShapeKind::kPlainBox}) {
    shapes.push_back(make_shape(kind, 0.12, 2, 32));
    const SolidBody body = solid_body(shapes.back().mesh, 0.7 * kCell);
    RigidTransform pose = RigidTransform::Identity();
    pose.linear() = random.rotation();
    REQUIRE(drop(field, body, pose));
    const double before = (pose * body.centre_of_mass_m).z();
    settle(field, body, {150, 0.5, 0.02}, random, pose);
    CHECK((pose * body.centre_of_mass_m).z() < before);
    CHECK(lowest(body, pose) > -kContact);
    field.add(body, pose);
    poses.push_back(pose);
  }
  for (std::size_t a = 0; a < shapes.size(); ++a) {
    for (std::size_t b = 0; b < shapes.size(); ++b) {
      if (a == b) continue;
      CHECK(test::penetration_m(shapes[a].mesh, poses[a], shapes[b].mesh, poses[b], 11) <
            kPenetration);
    }
  }
}

}  // namespace
}  // namespace sam6d::scenes
