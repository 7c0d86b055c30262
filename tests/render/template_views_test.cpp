#include "sam6d/template_views.hpp"

#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include "sam6d/error.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

TEST_CASE("views stand in the order of SAM-6D's template files") {
  // Positions of views at distance 1, from the reference's predefined poses.
  struct Known {
    int count;
    std::size_t index;
    Eigen::Vector3d position;
  };
  // The reference is in single precision.
  constexpr double kTolerance = 3e-7;
  for (const Known& known : {
           Known{42, 0, {0, 0, -1}},
           {42, 1, {-0.162455559, -0.499995261, -0.850654423}},
           {42, 2, {-0.162455559, 0.499995261, -0.850654423}},
           {42, 3, {0.425322682, 0.309011400, -0.850654185}},
           {42, 5, {-0.525729775, 0, -0.850651681}},
           {42, 6, {0.262868822, 0.809011638, -0.525737643}},
           {42, 41, {0, 0, 1}},
           {162, 6, {0.138197258, -0.425319523, -0.894429862}},
           {162, 16, {0.052790351, 0.688185334, -0.723611832}},
           {162, 45, {-0.822617710, 0.259890229, -0.505724430}},
           {162, 100, {0.449184030, -0.862668574, 0.232457921}},
           {162, 140, {0.447210610, 0.525727153, 0.723611534}},
           {162, 161, {0.000000000, 0.000000000, 1.000000000}},
           {642, 16, {0.027155833, -0.346148610, -0.937786579}},
           {642, 17, {0.027155848, 0.346148610, -0.937786579}},
           {642, 31, {0.138197258, -0.425319523, -0.894429862}},
           {642, 36, {-0.012280331, 0.468424350, -0.883418262}},
           {642, 93, {-0.088563539, 0.702305317, -0.706345320}},
           {642, 242, {0.918240786, -0.301255167, -0.257058769}},
           {642, 436, {0.481530309, -0.792648435, 0.373947889}},
           {642, 437, {-0.605054021, 0.702902973, 0.373947889}},
           {642, 484, {0.007027074, -0.862664700, 0.505727470}},
           {642, 640, {0.042628411, -0.131198987, 0.990439117}},
       }) {
    CAPTURE(known.count);
    CAPTURE(known.index);
    const std::vector<RigidTransform> views = icosphere_views(known.count, 1);
    REQUIRE(views.size() == static_cast<std::size_t>(known.count));
    CHECK((views[known.index].translation() - known.position).norm() < kTolerance);
  }
  // One whole pose: camera to object, x right, y down, z forward.
  const RigidTransform pose = icosphere_views(42, 1000)[1];
  Eigen::Matrix3d rotation;
  rotation << 0.951058053, 0.262862646, 0.162455557, -0.309012264, 0.809021733, 0.499995257, 0.0,
      -0.525725275, 0.850654416;
  CHECK((pose.linear() - rotation).cwiseAbs().maxCoeff() < kTolerance);
  CHECK(
      (icosphere_views(42, 1)[0].linear() - Eigen::Vector3d(-1, -1, 1).asDiagonal().toDenseMatrix())
          .norm() < kTolerance);
  CHECK((icosphere_views(42, 1)[41].linear() -
         Eigen::Vector3d(1, -1, -1).asDiagonal().toDenseMatrix())
            .norm() < kTolerance);
}

TEST_CASE("every view looks at the origin from the distance, and no two are the same") {
  for (const int count : {42, 162, 642}) {
    const std::vector<RigidTransform> views = icosphere_views(count, 0.7);
    double nearest = 1;
    for (std::size_t i = 0; i < views.size(); ++i) {
      const RigidTransform& pose = views[i];
      CHECK(((pose.linear() * pose.linear().transpose()) - Eigen::Matrix3d::Identity()).norm() <
            1e-12);
      CHECK(pose.linear().determinant() == doctest::Approx(1));
      CHECK((pose * Eigen::Vector3d(0, 0, 0.7)).norm() < 1e-12);
      for (std::size_t j = 0; j < i; ++j) {
        nearest = std::min(nearest, (pose.translation() - views[j].translation()).norm());
      }
    }
    CHECK(nearest > 0.5 * 0.7 * std::sqrt(4 * std::numbers::pi / count));
  }
  CHECK_THROWS_AS(icosphere_views(43, 1), Error);
  CHECK_THROWS_AS(icosphere_views(42, 0), Error);
}

TEST_CASE("templates show the object from all sides, cropped to it") {
  TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F});
  for (Eigen::Vector3f& vertex : mesh.vertices_m) vertex += Eigen::Vector3f(0.02F, 0, 0.01F);
  TemplateOptions options;
  options.size_px = 128;
  const std::vector<TemplateView> views = render_templates(mesh, options);
  REQUIRE(views.size() == 42);
  const double reach = Eigen::Vector3d(0.07, 0.03, 0.025).norm();
  for (const TemplateView& view : views) {
    CHECK(view.cam_from_obj.translation().norm() == doctest::Approx(4 * reach).epsilon(1e-6));
    CHECK(view.camera.fx == doctest::Approx(64 / std::tan(0.691111 / 2)));
    CHECK(view.camera.cx == 63.5);
    REQUIRE(view.mask.width() == view.box_px.width());
    REQUIRE(view.rgb.height() == view.box_px.height());
    // The crop is tight and its object coordinates project onto their own pixels.
    CHECK(Mask::from_image(view.mask.view()).box() ==
          Box{0, 0, view.box_px.width(), view.box_px.height()});
    for (int y = 0; y < view.box_px.height(); ++y) {
      for (int x = 0; x < view.box_px.width(); ++x) {
        if (view.mask(x, y) == 0) {
          CHECK(view.rgb(x, y) == Rgb8{});
          CHECK(view.object_xyz_m(x, y).isZero());
          continue;
        }
        const Eigen::Vector3d p = view.cam_from_obj * view.object_xyz_m(x, y).cast<double>();
        CHECK(std::abs(view.camera.fx * p.x() / p.z() + view.camera.cx - x - view.box_px.x0) <
              1e-3);
        CHECK(std::abs(view.camera.fy * p.y() / p.z() + view.camera.cy - y - view.box_px.y0) <
              1e-3);
        CHECK(view.rgb(x, y).g > 10);
      }
    }
  }
  // View 0 looks up at the bottom, which is 0.08 x 0.06 m across at z = -0.005.
  const Box& bottom = views[0].box_px;
  const double px_per_m = views[0].camera.fx / (4 * reach - 0.005);
  CHECK(std::abs(bottom.width() - 0.10 * px_per_m) < 1.01);
  CHECK(std::abs(bottom.height() - 0.06 * px_per_m) < 1.01);
}

TEST_CASE("a surface that faces the light keeps its colour") {
  TriangleMesh plate = test::box({0.1F, 0.1F, 0.001F});
  plate.vertex_colors.assign(plate.vertices_m.size(), Rgb8{180, 90, 20});
  const TemplateView view = render_templates(plate)[41];
  const Rgb8 middle = view.rgb(view.box_px.width() / 2, view.box_px.height() / 2);
  CHECK(std::abs(middle.r - 180) <= 1);
  CHECK(std::abs(middle.g - 90) <= 1);
  CHECK(std::abs(middle.b - 20) <= 1);
}

TEST_CASE("templates can be cancelled and refuse what cannot be rendered") {
  const TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F});
  int calls = 0;
  const auto stop_at_5 = [&](const Progress& progress) {
    CHECK(progress.stage == "template views");
    CHECK(progress.total == 42);
    return ++calls < 5;
  };
  TemplateOptions options;
  options.size_px = 32;
  CHECK_THROWS_AS(render_templates(mesh, options, stop_at_5), Error);
  CHECK(calls < 12);
  options.size_px = 4;
  CHECK_THROWS_AS(render_templates(mesh, options), Error);
  CHECK_THROWS_AS(render_templates(TriangleMesh{}), Error);
}

}  // namespace
}  // namespace sam6d
