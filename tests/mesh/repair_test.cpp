#include <limits>
#include <utility>

#include <doctest/doctest.h>

#include "sam6d/mesh.hpp"
#include "support/errors.hpp"
#include "support/log_capture.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

const Eigen::Vector3f kSize_m(0.1F, 0.1F, 0.1F);

void check_refused(const TriangleMesh& mesh, const std::string& text,
                   const MeshLimits& limits = {}) {
  const auto error = test::error_of([&] { (void)repaired(mesh, "part.ply", limits); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kBadMesh);
  CHECK(test::mentions(error, "part.ply"));
  CHECK_MESSAGE(test::mentions(error, text), error->what());
}

TEST_CASE("a sound mesh stays as it is, in silence") {
  const test::LogCapture log;
  const TriangleMesh mesh = test::box(kSize_m, 2);
  const TriangleMesh same = repaired(mesh, "part.ply");
  CHECK(same.vertices_m == mesh.vertices_m);
  CHECK(same.faces == mesh.faces);
  CHECK(log.messages().empty());
}

TEST_CASE("faces that cannot be used are dropped and counted in the log") {
  const test::LogCapture log;
  TriangleMesh mesh = test::box(kSize_m, 2);
  const std::size_t faces = mesh.faces.size();
  mesh.vertices_m.emplace_back(0.0F, std::numeric_limits<float>::quiet_NaN(), 0.0F);
  mesh.faces.emplace_back(0, 1, static_cast<int>(mesh.vertices_m.size()) - 1);
  mesh.faces.emplace_back(0, 1, 1);
  mesh.faces.emplace_back(0, 1, 9999);
  mesh.faces.emplace_back(0, -1, 2);
  mesh = repaired(std::move(mesh), "part.ply");
  CHECK(mesh.faces.size() == faces);
  CHECK(mesh.vertices_m.size() == test::box(kSize_m, 2).vertices_m.size());
  CHECK(log.mentions("dropped 4 of"));
}

TEST_CASE("vertices that no face uses go, with their colours and texture coordinates") {
  TriangleMesh mesh = test::box(kSize_m);
  mesh.vertices_m.insert(mesh.vertices_m.begin(), Eigen::Vector3f(50.0F, 0.0F, 0.0F));
  for (Eigen::Vector3i& face : mesh.faces) face += Eigen::Vector3i::Ones();
  mesh.vertex_colors.assign(mesh.vertices_m.size(), Rgb8{1, 2, 3});
  mesh.vertex_colors[0] = {9, 9, 9};
  mesh.uvs.assign(mesh.vertices_m.size(), Eigen::Vector2f::Zero());
  mesh = repaired(std::move(mesh), "part.ply");
  CHECK(mesh.vertices_m == test::box(kSize_m).vertices_m);
  CHECK(mesh.faces == test::box(kSize_m).faces);
  CHECK(mesh.vertex_colors.size() == mesh.vertices_m.size());
  CHECK(mesh.vertex_colors[0] == Rgb8{1, 2, 3});
  CHECK(mesh.uvs.size() == mesh.vertices_m.size());
}

TEST_CASE("a mesh that is mostly unusable is refused") {
  TriangleMesh mesh = test::box(kSize_m);
  for (int i = 0; i < 20; ++i) mesh.faces.emplace_back(1, 1, 2);
  check_refused(mesh, "20 are degenerate");
}

TEST_CASE("no faces, absurd sizes and mismatched colours are refused") {
  check_refused(TriangleMesh{}, "0 vertices");
  check_refused(test::box({100.0F, 100.0F, 100.0F}), "unit");
  check_refused(test::box({1e-4F, 1e-4F, 1e-4F}), "unit");
  TriangleMesh mesh = test::box(kSize_m);
  mesh.vertex_colors.assign(3, Rgb8{});
  check_refused(mesh, "vertex colours");
  MeshLimits limits;
  limits.max_faces = 11;
  check_refused(test::box(kSize_m), "at most", limits);
}

}  // namespace
}  // namespace sam6d
