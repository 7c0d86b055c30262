#include <cmath>
#include <limits>
#include <set>
#include <string>

#include <doctest/doctest.h>

#include "object/object_data.hpp"
#include "sam6d/object_model.hpp"
#include "support/errors.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

using test::error_of;

OnboardOptions small_options() {
  OnboardOptions options;
  options.templates.size_px = 64;
  options.surface_samples = 300;
  return options;
}

TEST_CASE("onboarding computes what the estimators need") {
  TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F}, 4);
  mesh.faces.emplace_back(0, 0, 1);  // degenerate, to be dropped
  std::set<std::string> stages;
  const ObjectModel object =
      ObjectModel::onboard(12, mesh, small_options(), [&](const Progress& progress) {
        stages.emplace(progress.stage);
        CHECK(progress.done <= progress.total);
        return true;
      });
  CHECK(object.id() == 12);
  CHECK(object.name() == "object 12");
  CHECK(object.mesh().faces.size() == mesh.faces.size() - 1);
  CHECK(object.diameter_m() == doctest::Approx(std::sqrt(0.01 + 0.0036 + 0.0009)));
  CHECK(object.surface_samples().size() == 300);
  CHECK(object.template_view_count() == 42);
  CHECK_FALSE(object.data().geometric.empty());
  // Half turns about the three axes.
  CHECK(object.symmetries().discrete.size() == 3);
  CHECK(object.symmetries().continuous.empty());
  CHECK(stages.size() >= 3);
  CHECK(stages.contains("template views"));

  CHECK(error_of([&] { (void)object.template_view(42); }));
  CHECK(error_of([&] { (void)object.template_view(-1); }));
  CHECK(object.template_views().size() == 42);
  const ObjectModel renamed = object.with_id(99, "other");
  CHECK(renamed.id() == 99);
  CHECK(renamed.name() == "other");
  CHECK(object.with_id(99).name() == "object 12");
  CHECK(object.id() == 12);
}

TEST_CASE("the same mesh and seed give the same object, whatever the number of threads") {
  const TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F}, 4);
  OnboardOptions options = small_options();
  options.threads = 1;
  const std::vector<std::byte> one = ObjectModel::onboard(1, mesh, options).to_bytes();
  options.threads = 4;
  CHECK(one == ObjectModel::onboard(1, mesh, options).to_bytes());
  options.seed = 1;
  CHECK(one != ObjectModel::onboard(1, mesh, options).to_bytes());
}

TEST_CASE("given symmetries and views are kept, and views can be left out") {
  const TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F});
  OnboardOptions options = small_options();
  options.symmetries.emplace();
  options.given_views = render_templates(mesh, options.templates);
  options.given_views.resize(7);
  const ObjectModel object = ObjectModel::onboard(1, mesh, options);
  CHECK(object.symmetries().empty());
  CHECK(object.template_view_count() == 7);
  CHECK(object.template_view(3).box_px == options.given_views[3].box_px);
  options.given_views.clear();
  options.render_views = false;
  CHECK(ObjectModel::onboard(1, mesh, options).template_view_count() == 0);
}

TEST_CASE("onboarding can be cancelled at every step") {
  const TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F});
  OnboardOptions options = small_options();
  int steps = 0;
  (void)ObjectModel::onboard(1, mesh, options, [&](const Progress&) { return ++steps > 0; });
  REQUIRE(steps > 42);
  for (int stop = 1; stop < steps; stop += 1 + steps / 12) {
    int calls = 0;
    const auto error = error_of([&] {
      (void)ObjectModel::onboard(1, mesh, options, [&](const Progress&) { return ++calls < stop; });
    });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kCancelled);
  }
}

TEST_CASE("what cannot be onboarded is refused, options by their name") {
  const TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F});
  const auto refused = [&](const OnboardOptions& options, const std::string& text) {
    const auto error = error_of([&] { (void)ObjectModel::onboard(1, mesh, options); });
    REQUIRE(error);
    CHECK(error->code() == ErrorCode::kInvalidArgument);
    CHECK(test::mentions(error, text));
  };
  OnboardOptions options = small_options();
  options.surface_samples = 3;
  refused(options, "surface_samples");
  options = small_options();
  options.threads = -1;
  refused(options, "threads");
  options = small_options();
  options.templates.views = 43;
  refused(options, "views");
  options = small_options();
  options.name = std::string(300, 'x');
  refused(options, "name");
  options = small_options();
  options.symmetry_detection.tolerance = std::numeric_limits<double>::quiet_NaN();
  refused(options, "tolerance");
  options = small_options();
  options.symmetry_detection.min_share = 2;
  refused(options, "min_share");
  options = small_options();
  options.symmetries.emplace().discrete.emplace_back().matrix().setZero();
  refused(options, "symmetries");
  options = small_options();
  options.symmetries.emplace().continuous.push_back(
      {Eigen::Vector3d::Zero(), Eigen::Vector3d::Zero()});
  refused(options, "symmetries");
  options = small_options();
  options.given_views.emplace_back();
  refused(options, "camera");

  const auto error = error_of([&] { (void)ObjectModel::onboard(1, TriangleMesh{}); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kBadMesh);
}

}  // namespace
}  // namespace sam6d
