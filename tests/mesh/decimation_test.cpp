#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <doctest/doctest.h>

#include "sam6d/mesh.hpp"
#include "support/errors.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

/// Every face with vertices of its own, as STL files have it.
TriangleMesh loose(const TriangleMesh& mesh) {
  TriangleMesh result;
  for (const Eigen::Vector3i& face : mesh.faces) {
    const int first = static_cast<int>(result.vertices_m.size());
    for (int i = 0; i < 3; ++i) {
      const auto vertex = static_cast<std::size_t>(face[i]);
      result.vertices_m.push_back(mesh.vertices_m[vertex]);
      if (!mesh.vertex_colors.empty()) result.vertex_colors.push_back(mesh.vertex_colors[vertex]);
    }
    result.faces.emplace_back(first, first + 1, first + 2);
  }
  return result;
}

bool is_watertight(const TriangleMesh& mesh) {
  std::map<std::pair<int, int>, int> directed;
  for (const Eigen::Vector3i& face : mesh.faces) {
    for (int i = 0; i < 3; ++i) ++directed[{face[i], face[(i + 1) % 3]}];
  }
  return std::all_of(directed.begin(), directed.end(), [&](const auto& side) {
    const auto back = directed.find({side.first.second, side.first.first});
    return side.second == 1 && back != directed.end();
  });
}

TEST_CASE("a mesh that is small enough stays as it is, with its texture") {
  TriangleMesh mesh = test::box({0.1F, 0.1F, 0.1F});
  mesh.uvs.assign(mesh.vertices_m.size(), {0.5F, 0.5F});
  mesh.texture = Image<Rgb8>(3, 3);
  const TriangleMesh same = decimated(mesh, 3000);
  CHECK(same.faces == mesh.faces);
  CHECK(same.texture.width() == 3);
}

TEST_CASE("a sphere keeps its shape") {
  constexpr float kRadius_m = 0.05F;
  const TriangleMesh mesh = test::sphere(kRadius_m, 100, 102);
  const TriangleMesh small = decimated(mesh, 3000);
  CHECK(small.faces.size() <= 3000);
  CHECK(small.faces.size() > 2900);
  CHECK(is_watertight(small));
  CHECK(test::enclosed_volume(small) ==
        doctest::Approx(test::enclosed_volume(mesh)).epsilon(0.005));
  for (const Eigen::Vector3f& vertex : small.vertices_m) {
    CHECK(std::abs(vertex.norm() - kRadius_m) < 0.005F * kRadius_m);
  }
}

TEST_CASE("a box keeps its edges however few faces are left") {
  const Eigen::Vector3f size_m(0.1F, 0.07F, 0.04F);
  for (const bool is_loose : {false, true}) {
    const TriangleMesh mesh = test::box(size_m, 30);
    const TriangleMesh small = decimated(is_loose ? loose(mesh) : mesh, 60);
    CHECK(small.faces.size() <= 60);
    CHECK(is_watertight(small));
    CHECK(test::enclosed_volume(small) == doctest::Approx(size_m.prod()).epsilon(0.002));
    CHECK(test::surface_area(small) == doctest::Approx(test::surface_area(mesh)).epsilon(0.002));
  }
}

TEST_CASE("an open border stays where it is") {
  const TriangleMesh tube = test::revolved({{0.03F, -0.05F}, {0.03F, 0.0F}, {0.03F, 0.05F}}, 400);
  const TriangleMesh small = decimated(tube, 200);
  CHECK(small.faces.size() <= 200);
  for (const Eigen::Vector3f& vertex : small.vertices_m) CHECK(std::abs(vertex.z()) < 0.0502F);
  CHECK(test::surface_area(small) == doctest::Approx(test::surface_area(tube)).epsilon(0.01));
}

TEST_CASE("a line between two colours stays where it is") {
  TriangleMesh mesh = test::box({0.1F, 0.1F, 0.02F}, 40);
  for (const Eigen::Vector3f& vertex : mesh.vertices_m) {
    mesh.vertex_colors.push_back(vertex.x() > 0.011F ? Rgb8{250, 20, 20} : Rgb8{20, 20, 250});
  }
  const TriangleMesh small = decimated(mesh, 1500);
  REQUIRE(small.vertex_colors.size() == small.vertices_m.size());
  int wrong = 0;
  int samples = 0;
  for (const SurfaceSample& sample : sample_surface(small, 5000, 1)) {
    if (std::abs(sample.point_m.x() - 0.011F) < 0.005F) continue;  // the width of the old faces
    const bool red = sample.color.r > sample.color.b;
    wrong += red != (sample.point_m.x() > 0.011F) ? 1 : 0;
    ++samples;
  }
  CHECK(wrong < samples / 100);
}

TEST_CASE("a texture becomes vertex colours") {
  TriangleMesh mesh = test::box({0.1F, 0.1F, 0.1F}, 30);
  mesh.texture = Image<Rgb8>(64, 64, {10, 200, 10});
  for (int y = 0; y < 64; ++y) {
    for (int x = 32; x < 64; ++x) mesh.texture(x, y) = {200, 10, 10};
  }
  for (const Eigen::Vector3f& vertex : mesh.vertices_m) {
    mesh.uvs.emplace_back(vertex.x() * 8.0F + 0.5F, 0.5F);
  }
  const TriangleMesh small = decimated(mesh, 3000);
  CHECK(small.texture.empty());
  REQUIRE(small.vertex_colors.size() == small.vertices_m.size());
  for (std::size_t i = 0; i < small.vertices_m.size(); ++i) {
    const float x = small.vertices_m[i].x();
    if (x > 0.01F && x < 0.05F) CHECK(small.vertex_colors[i].r > 180);
    if (x < -0.01F && x > -0.05F) CHECK(small.vertex_colors[i].g > 180);
  }
}

TEST_CASE("many small pieces are not flattened to reach the number") {
  TriangleMesh mesh;
  for (int i = 0; i < 50; ++i) {
    RigidTransform transform = RigidTransform::Identity();
    transform.translation().x() = 0.02 * i;
    test::append(mesh, test::transformed(test::box({0.01F, 0.01F, 0.01F}, 4), transform));
  }
  const TriangleMesh small = decimated(mesh, 20);
  CHECK(small.faces.size() == 50 * 4);
  CHECK(is_watertight(small));
}

TEST_CASE("an edge where four faces meet") {
  TriangleMesh mesh = test::box({0.1F, 0.1F, 0.1F}, 12);
  RigidTransform beside = RigidTransform::Identity();
  beside.translation() << 0.1, 0.1, 0.0;
  test::append(mesh, test::transformed(test::box({0.1F, 0.1F, 0.1F}, 12), beside));
  const TriangleMesh small = decimated(mesh, 100);
  CHECK(small.faces.size() <= 100);
  CHECK(test::enclosed_volume(small) == doctest::Approx(0.002).epsilon(0.01));
}

TEST_CASE("the same mesh gives the same faces, and a number that makes no sense is refused") {
  const TriangleMesh mesh = test::sphere(0.05F, 30, 31);
  CHECK(decimated(mesh, 300).vertices_m == decimated(mesh, 300).vertices_m);
  CHECK(test::error_of([&] { (void)decimated(mesh, 3); }));
}

}  // namespace
}  // namespace sam6d
