#include <algorithm>
#include <cmath>
#include <numbers>
#include <vector>

#include <doctest/doctest.h>

#include "sam6d/mesh.hpp"
#include "support/errors.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

constexpr double kPi = std::numbers::pi;
constexpr double kSameRotation_rad = 0.01;  // half a degree
constexpr double kSamePlace_m = 0.0005;     // 0.5 % of the shapes' 0.1 m
constexpr double kClosed = 1e-9;            // products of exact groups: rounding

RigidTransform moved() {
  RigidTransform transform = RigidTransform::Identity();
  transform.linear() =
      Eigen::AngleAxisd(0.7, Eigen::Vector3d(1, 2, 3).normalized()).toRotationMatrix();
  transform.translation() << 0.03, -0.02, 0.1;
  return transform;
}

double angle_between(const RigidTransform& a, const RigidTransform& b) {
  return Eigen::AngleAxisd(Eigen::Matrix3d(a.linear().transpose() * b.linear())).angle();
}

bool has(const std::vector<RigidTransform>& transforms, const RigidTransform& wanted) {
  return std::any_of(transforms.begin(), transforms.end(), [&](const RigidTransform& t) {
    return angle_between(t, wanted) < kSameRotation_rad &&
           (t.translation() - wanted.translation()).norm() < kSamePlace_m;
  });
}

/// Products of the group's elements are in the group.
bool is_closed(const std::vector<RigidTransform>& all) {
  return std::all_of(all.begin(), all.end(), [&](const RigidTransform& a) {
    return std::all_of(all.begin(), all.end(), [&](const RigidTransform& b) {
      const RigidTransform product = a * b;
      return std::any_of(all.begin(), all.end(), [&](const RigidTransform& t) {
        return (t.matrix() - product.matrix()).cwiseAbs().maxCoeff() < kClosed;
      });
    });
  });
}

/// The shape has `order` rotations, moved and turned as well as where it is; these belong to it.
void check_finite(const TriangleMesh& mesh, std::size_t order,
                  const std::vector<RigidTransform>& expected) {
  for (const RigidTransform& place : {RigidTransform(RigidTransform::Identity()), moved()}) {
    const Symmetries found = detect_symmetries(test::transformed(mesh, place));
    CHECK(found.continuous.empty());
    const std::vector<RigidTransform> all = symmetry_transforms(found);
    CHECK(all.size() == order);
    CHECK(is_closed(all));
    for (const RigidTransform& transform : expected) {
      CHECK(has(all, place * transform * place.inverse()));
    }
  }
}

void check_revolution(const TriangleMesh& mesh, bool flips) {
  for (const RigidTransform& place : {RigidTransform(RigidTransform::Identity()), moved()}) {
    const Symmetries found = detect_symmetries(test::transformed(mesh, place));
    REQUIRE(found.continuous.size() == 1);
    const Eigen::Vector3d axis = place.linear().col(2);
    const ContinuousSymmetry& revolution = found.continuous[0];
    CHECK(std::abs(revolution.axis.dot(axis)) > std::cos(kSameRotation_rad));
    const Eigen::Vector3d beside = revolution.offset_m - place.translation();
    CHECK((beside - beside.dot(axis) * axis).norm() < kSamePlace_m);
    CHECK(found.discrete.size() == (flips ? 1 : 0));
  }
}

RigidTransform turn(const Eigen::Vector3d& axis, double degrees) {
  return RigidTransform(Eigen::AngleAxisd(degrees * kPi / 180.0, axis.normalized()));
}

TriangleMesh cup() {
  return test::revolved(
      {{0, 0}, {0.04F, 0}, {0.04F, 0.1F}, {0.037F, 0.1F}, {0.037F, 0.003F}, {0, 0.003F}}, 72);
}

/// A cube whose sides are painted by `paint` (coordinates in -1..1).
template <class Paint>
TriangleMesh painted_box(const Eigen::Vector3f& size_m, const Paint& paint) {
  TriangleMesh mesh = test::box(size_m, 24);
  for (const Eigen::Vector3f& vertex : mesh.vertices_m) {
    mesh.vertex_colors.push_back(paint(Eigen::Vector3f(2.0F * vertex.cwiseQuotient(size_m))));
  }
  return mesh;
}

const Rgb8 kRed{220, 40, 30};
const Rgb8 kBlue{30, 60, 200};

TEST_CASE("a box has three half turns") {
  check_finite(test::box({0.1F, 0.07F, 0.04F}, 3), 4,
               {turn({1, 0, 0}, 180), turn({0, 1, 0}, 180), turn({0, 0, 1}, 180)});
}

TEST_CASE("a cube has 24 rotations") {
  check_finite(test::box({0.06F, 0.06F, 0.06F}, 3), 24,
               {turn({1, 0, 0}, 90), turn({1, 1, 1}, 120), turn({1, 1, 0}, 180)});
}

TEST_CASE("a tetrahedron has 12 rotations") {
  TriangleMesh mesh;
  mesh.vertices_m = {{0.05F, 0.05F, 0.05F},
                     {-0.05F, -0.05F, 0.05F},
                     {-0.05F, 0.05F, -0.05F},
                     {0.05F, -0.05F, -0.05F}};
  mesh.faces = {{0, 2, 1}, {0, 1, 3}, {0, 3, 2}, {1, 2, 3}};
  check_finite(mesh, 12, {turn({1, 1, 1}, 120), turn({1, 0, 0}, 180)});
}

TEST_CASE("a hexagonal nut has 12 rotations") {
  TriangleMesh nut = test::prism(6, 0.05F, 0.03F);
  TriangleMesh hole = test::cylinder(0.025F, 0.03F);
  for (Eigen::Vector3i& face : hole.faces) std::swap(face[1], face[2]);
  test::append(nut, hole);
  check_finite(nut, 12, {turn({0, 0, 1}, 60), turn({1, 0, 0}, 180)});
}

TEST_CASE("prisms of up to twelve sides") {
  for (const int sides : {3, 5, 7, 8, 11, 12}) {
    CAPTURE(sides);
    check_finite(test::prism(sides, 0.05F, 0.04F), static_cast<std::size_t>(2 * sides),
                 {turn({0, 0, 1}, 360.0 / sides), turn({1, 0, 0}, 180)});
  }
}

TEST_CASE("a pyramid has no flip") {
  check_finite(test::cone(0.05F, 0.08F, 5), 5, {turn({0, 0, 1}, 72)});
}

TEST_CASE("a thin plate, which little holds in its plane") {
  check_finite(test::box({0.1F, 0.09F, 0.001F}, 3), 4,
               {turn({1, 0, 0}, 180), turn({0, 1, 0}, 180), turn({0, 0, 1}, 180)});
}

TEST_CASE("a cylinder has an axis of revolution and a flip, a cone and a cup no flip") {
  check_revolution(test::cylinder(0.03F, 0.1F), true);
  check_revolution(test::cylinder(0.05F, 0.005F), true);
  check_revolution(test::cone(0.04F, 0.1F), false);
  check_revolution(cup(), false);
}

TEST_CASE("a mug's handle leaves it no rotation") {
  TriangleMesh mug = cup();
  RigidTransform beside = RigidTransform::Identity();
  beside.translation() << 0.055, 0.0, 0.05;
  test::append(mug, test::transformed(test::box({0.03F, 0.01F, 0.06F}, 4), beside));
  check_finite(mug, 1, {});
}

TEST_CASE("a small part that sticks out breaks a symmetry") {
  TriangleMesh mesh = test::cylinder(0.03F, 0.1F);
  RigidTransform beside = RigidTransform::Identity();
  beside.translation() << 0.033, 0.0, 0.02;
  test::append(mesh, test::transformed(test::box({0.008F, 0.004F, 0.004F}), beside));
  check_finite(mesh, 1, {});
}

TEST_CASE("every axis of a sphere is one of revolution") {
  const Symmetries found = detect_symmetries(test::sphere(0.05F));
  CHECK(found.discrete.empty());
  REQUIRE(found.continuous.size() == 3);
  CHECK(std::abs(found.continuous[0].axis.dot(found.continuous[1].axis)) < 1e-6);
}

TEST_CASE("irregular shapes have none") {
  TriangleMesh step = test::box({0.1F, 0.06F, 0.03F}, 3);
  RigidTransform above = RigidTransform::Identity();
  above.translation() << 0.03, 0.01, 0.03;
  test::append(step, test::transformed(test::box({0.03F, 0.04F, 0.04F}, 3), above));
  check_finite(step, 1, {});
}

TEST_CASE("colours break symmetries, and those of the pattern remain") {
  const Eigen::Vector3f size_m(0.06F, 0.06F, 0.06F);
  const auto rotations = [](const TriangleMesh& mesh, bool use_color) {
    SymmetryDetectionOptions options;
    options.use_color = use_color;
    const std::vector<RigidTransform> all = symmetry_transforms(detect_symmetries(mesh, options));
    CHECK(is_closed(all));
    return all.size();
  };
  const TriangleMesh plain = painted_box(size_m, [](const Eigen::Vector3f&) { return kRed; });
  CHECK(rotations(plain, true) == 24);

  const TriangleMesh red_lid =
      painted_box(size_m, [](const Eigen::Vector3f& p) { return p.z() > 0.99F ? kRed : kBlue; });
  CHECK(rotations(red_lid, true) == 4);
  CHECK(rotations(red_lid, false) == 24);

  const TriangleMesh label = painted_box(size_m, [](const Eigen::Vector3f& p) {
    return p.z() > 0.99F && p.x() > 0.2F && p.y() > 0.3F ? kRed : kBlue;
  });
  CHECK(rotations(label, true) == 1);
}

TEST_CASE("a painted cylinder keeps the steps of its pattern") {
  TriangleMesh stripes =
      test::revolved({{0, -0.05F}, {0.03F, -0.05F}, {0.03F, 0}, {0.03F, 0.05F}, {0, 0.05F}}, 240);
  TriangleMesh rings = stripes;
  for (const Eigen::Vector3f& vertex : stripes.vertices_m) {
    const double angle = std::atan2(vertex.y(), vertex.x());
    const bool on_axis = vertex.head<2>().norm() < 1e-4F;
    stripes.vertex_colors.push_back(!on_axis && std::cos(3.0 * angle) > 0 ? kRed : kBlue);
    rings.vertex_colors.push_back(vertex.z() > 0.01F ? kRed : kBlue);
  }
  const Symmetries of_stripes = detect_symmetries(stripes);
  CHECK(of_stripes.continuous.empty());
  CHECK(of_stripes.discrete.size() == 5);  // three steps, each of them with a flip
  const Symmetries of_rings = detect_symmetries(rings);
  CHECK(of_rings.continuous.size() == 1);
  CHECK(of_rings.discrete.empty());
}

TEST_CASE("a ball with a painted cap has one axis") {
  TriangleMesh ball = test::sphere(0.05F, 60, 90);
  for (const Eigen::Vector3f& vertex : ball.vertices_m) {
    ball.vertex_colors.push_back(vertex.z() > 0.02F ? kRed : kBlue);
  }
  const Symmetries found = detect_symmetries(ball);
  REQUIRE(found.continuous.size() == 1);
  CHECK(std::abs(found.continuous[0].axis.z()) > 0.999);
  CHECK(found.discrete.empty());
}

TEST_CASE("options that make no sense are refused") {
  const TriangleMesh mesh = test::box({0.1F, 0.1F, 0.1F});
  SymmetryDetectionOptions options;
  options.tolerance = 0;
  CHECK(
      test::mentions(test::error_of([&] { (void)detect_symmetries(mesh, options); }), "tolerance"));
  options = {};
  options.min_share = 1.5;
  CHECK(
      test::mentions(test::error_of([&] { (void)detect_symmetries(mesh, options); }), "min_share"));
  CHECK(test::error_of([] { (void)detect_symmetries(TriangleMesh{}); }));
}

}  // namespace
}  // namespace sam6d
