#include <cmath>

#include <doctest/doctest.h>

#include "sam6d/error.hpp"
#include "sam6d/mesh.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

constexpr float kOnSurface_m = 1e-6F;  // rounding of float at the size of the mesh
constexpr int kCount = 10000;

TEST_CASE("samples lie on the surface with the normal and the share of area of their side") {
  const Eigen::Vector3f size_m(0.3F, 0.2F, 0.1F);
  const TriangleMesh mesh = test::box(size_m, 3);
  const double area = test::surface_area(mesh);
  Eigen::Vector3d share = Eigen::Vector3d::Zero();
  for (const SurfaceSample& sample : sample_surface(mesh, kCount, 7)) {
    int axis = 0;
    CHECK(sample.normal.cwiseAbs().maxCoeff(&axis) == doctest::Approx(1.0F));
    const float expected = std::copysign(0.5F * size_m[axis], sample.normal[axis]);
    CHECK(std::abs(sample.point_m[axis] - expected) < kOnSurface_m);
    CHECK((sample.point_m.cwiseAbs() - 0.5F * size_m).maxCoeff() < kOnSurface_m);
    share[axis] += 1.0 / kCount;
  }
  for (int axis = 0; axis < 3; ++axis) {
    const double expected = 2.0 * size_m.prod() / size_m[axis] / area;
    CHECK(share[axis] == doctest::Approx(expected).epsilon(0.01));
  }
}

TEST_CASE("the points are even over a triangle") {
  TriangleMesh mesh;
  mesh.vertices_m = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}};
  mesh.faces = {{0, 1, 2}};
  Eigen::Vector3d mean = Eigen::Vector3d::Zero();
  for (const SurfaceSample& sample : sample_surface(mesh, kCount, 3)) {
    mean += sample.point_m.cast<double>() / kCount;
  }
  // Standard deviation of the mean of 10000 points: 0.0024.
  CHECK((mean - Eigen::Vector3d(1.0 / 3, 1.0 / 3, 0)).norm() < 0.012);
}

TEST_CASE("the first samples are spread over the whole surface too") {
  const TriangleMesh mesh = test::box({0.1F, 0.1F, 0.1F});
  const std::vector<SurfaceSample> samples = sample_surface(mesh, kCount, 5);
  Eigen::Vector3f mean = Eigen::Vector3f::Zero();
  for (int i = 0; i < 500; ++i) mean += samples[static_cast<std::size_t>(i)].point_m / 500.0F;
  CHECK(mean.norm() < 0.01F);
}

TEST_CASE("a seed fixes the samples") {
  const TriangleMesh mesh = test::cylinder(0.05F, 0.1F);
  const auto first = sample_surface(mesh, 100, 1);
  const auto same = sample_surface(mesh, 100, 1);
  const auto other = sample_surface(mesh, 100, 2);
  REQUIRE(first.size() == 100);
  bool differs = false;
  for (std::size_t i = 0; i < first.size(); ++i) {
    CHECK(first[i].point_m == same[i].point_m);
    differs |= first[i].point_m != other[i].point_m;
  }
  CHECK(differs);
}

TEST_CASE("colours come from the vertices") {
  TriangleMesh mesh;
  mesh.vertices_m = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}};
  mesh.faces = {{0, 1, 2}};
  mesh.vertex_colors = {{0, 0, 0}, {200, 0, 0}, {0, 100, 0}};
  for (const SurfaceSample& sample : sample_surface(mesh, 200, 3)) {
    CHECK(std::abs(sample.color.r - 200.0F * sample.point_m.x()) <= 1.0F);
    CHECK(std::abs(sample.color.g - 100.0F * sample.point_m.y()) <= 1.0F);
    CHECK(sample.color.b == 0);
  }
}

TEST_CASE("colours come from the texture, whose row 0 is at v = 0") {
  TriangleMesh mesh;
  mesh.vertices_m = {{0, 0, 0}, {1, 0, 0}, {0, 1, 0}};
  mesh.faces = {{0, 1, 2}};
  mesh.uvs = {{0, 0}, {1, 0}, {0, 1}};
  mesh.texture = Image<Rgb8>(2, 2);
  mesh.texture(0, 0) = {255, 0, 0};
  mesh.texture(1, 0) = {0, 255, 0};
  mesh.texture(0, 1) = {0, 0, 255};
  int compared = 0;
  for (const SurfaceSample& sample : sample_surface(mesh, 2000, 3)) {
    const Eigen::Vector2f uv = sample.point_m.head<2>();
    if ((uv - Eigen::Vector2f(0.25F, 0.25F)).norm() < 0.02F) {
      CHECK(sample.color.r > 220);
      ++compared;
    }
    if ((uv - Eigen::Vector2f(0.74F, 0.24F)).norm() < 0.03F) {
      CHECK(sample.color.g > 210);
      ++compared;
    }
    if ((uv - Eigen::Vector2f(0.24F, 0.74F)).norm() < 0.03F) {
      CHECK(sample.color.b > 210);
      ++compared;
    }
  }
  CHECK(compared > 5);
}

TEST_CASE("no samples of no surface") {
  CHECK(sample_surface(TriangleMesh{}, 0, 0).empty());
  CHECK_THROWS_AS((void)sample_surface(TriangleMesh{}, 1, 0), Error);
  CHECK_THROWS_AS((void)sample_surface(test::box({1, 1, 1}), -1, 0), Error);
}

}  // namespace
}  // namespace sam6d
