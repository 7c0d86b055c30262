#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "sam6d/mesh.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

constexpr double kRounding = 1e-14;  // relative, of double; doctest adds the same again

double all_pairs(const TriangleMesh& mesh) {
  double squared = 0;
  for (const Eigen::Vector3f& a : mesh.vertices_m) {
    for (const Eigen::Vector3f& b : mesh.vertices_m) {
      squared = std::max(squared, (a.cast<double>() - b.cast<double>()).squaredNorm());
    }
  }
  return std::sqrt(squared);
}

TEST_CASE("the diameter of a box is its diagonal") {
  CHECK(diameter_m(test::box({3.0F, 4.0F, 12.0F}, 5)) == doctest::Approx(13.0).epsilon(1e-12));
}

TEST_CASE("the diameter is that of a search over all pairs, exactly") {
  Random random(1);
  for (int round = 0; round < 60; ++round) {
    TriangleMesh mesh;
    const int count = 1 + static_cast<int>(random.below(400));
    for (int i = 0; i < count; ++i) {
      Eigen::Vector3d point(random.normal(), random.normal(), random.normal());
      if (round % 3 == 1) point.normalize();                       // all on the hull
      if (round % 3 == 2) point = point.array().round().matrix();  // many equal distances
      mesh.vertices_m.push_back(point.cast<float>());
    }
    CHECK(diameter_m(mesh) == doctest::Approx(all_pairs(mesh)).epsilon(kRounding));
  }
}

TEST_CASE("the diameter of a shape of constant width is found among many near pairs") {
  const TriangleMesh mesh = test::sphere(0.5F, 41, 53);
  CHECK(diameter_m(mesh) == doctest::Approx(all_pairs(mesh)).epsilon(kRounding));
}

TEST_CASE("no vertices, one vertex and vertices that are no numbers") {
  TriangleMesh mesh;
  CHECK(diameter_m(mesh) == 0.0);
  mesh.vertices_m.emplace_back(1.0F, 2.0F, 3.0F);
  CHECK(diameter_m(mesh) == 0.0);
  mesh.vertices_m.emplace_back(std::numeric_limits<float>::quiet_NaN(), 2.0F, 3.0F);
  CHECK(diameter_m(mesh) == 0.0);
  mesh.vertices_m.emplace_back(1.0F, 2.0F, 5.0F);
  CHECK(diameter_m(mesh) == 2.0);
}

}  // namespace
}  // namespace sam6d
