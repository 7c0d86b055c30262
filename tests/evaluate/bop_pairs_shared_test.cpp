#include <cmath>
#include <filesystem>
#include <map>

#include <doctest/doctest.h>

#include "evaluate/bop_scenes.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/renderer.hpp"
#include "support/shared_data.hpp"

namespace sam6d {
namespace {

// Tolerances of the values' README: everything relative but VSD, which depends on silhouette
// pixels.
constexpr double kRelative = 1e-4;
constexpr double kNothing = 1e-4;  // mm or px: equal poses differ by the rounding of the file
constexpr double kVsd = 0.01;
constexpr double kPixelShare = 0.01;
constexpr double kPixels = 5;

test::Json pairs() {
  return test::read_json(std::filesystem::path(SAM6D_TEST_DATA) / "bop_metrics" / "pairs.json")
      .at("pairs");
}

bool agrees(double value, const test::Json& expected) {
  const double wanted = expected.get<double>();
  return std::abs(value - wanted) <= kRelative * std::abs(wanted) + kNothing;
}

std::map<int, EvaluationModel> by_id(const std::vector<EvaluationModel>& list) {
  std::map<int, EvaluationModel> models;
  for (const EvaluationModel& model : list) models.emplace(model.obj_id, model);
  return models;
}

TEST_CASE("errors of model points are those of the BOP toolkit") {
  const auto folder = test::shared_data("scenes");
  if (!folder) return;
  const test::BopScenes scenes = test::read_scenes(*folder);
  const auto models = by_id(scenes.models);
  for (const auto& pair : pairs()) {
    CAPTURE(pair.at("id").get<int>());
    CAPTURE(pair.at("kind").get<std::string>());
    const EvaluationModel& model = models.at(pair.at("obj_id"));
    const auto& points = model.mesh.vertices_m;
    const RigidTransform estimate = test::pose_of(pair.at("R_est"), pair.at("t_est"));
    const RigidTransform truth = test::pose_of(pair.at("R_gt"), pair.at("t_gt"));
    const auto symmetries = symmetry_transforms(model.symmetries);
    CHECK(symmetries.size() == pair.at("n_symmetry_transforms").get<std::size_t>());
    CHECK(agrees(1000.0 * add_m(points, estimate, truth), pair.at("add_mm")));
    CHECK(agrees(1000.0 * adi_m(points, estimate, truth), pair.at("adi_mm")));
    CHECK(agrees(1000.0 * mssd_m(points, symmetries, estimate, truth), pair.at("mssd_mm")));
    CHECK(agrees(mspd_px(points, symmetries, scenes.camera, estimate, truth), pair.at("mspd_px")));
    CHECK(agrees(projection_error_px(points, scenes.camera, estimate, truth), pair.at("proj_px")));
  }
}

TEST_CASE("VSD and its pixel counts are those of the BOP toolkit") {
  const auto folder = test::shared_data("scenes");
  if (!folder) return;
  const test::BopScenes scenes = test::read_scenes(*folder);
  const auto models = by_id(scenes.models);
  std::map<int, Renderer> renderers;
  for (const auto& [id, model] : models) renderers.emplace(id, Renderer({&model.mesh, 1}));
  for (const auto& pair : pairs()) {
    CAPTURE(pair.at("id").get<int>());
    CAPTURE(pair.at("kind").get<std::string>());
    const EvaluationModel& model = models.at(pair.at("obj_id"));
    const auto depth_of = [&](const RigidTransform& pose) {
      const RenderInstance instance{0, pose};
      RenderOptions options;
      options.color = false;
      return renderers.at(model.obj_id).render(scenes.camera, {&instance, 1}, options).depth_m;
    };
    const auto estimate = depth_of(test::pose_of(pair.at("R_est"), pair.at("t_est")));
    const auto truth = depth_of(test::pose_of(pair.at("R_gt"), pair.at("t_gt")));
    const EvaluationImage image = scenes.image(pair.at("im_id"));
    const VsdResult result =
        vsd(estimate.view(), truth.view(), image.depth_m.view(), image.camera, model.diameter_m);
    const auto expected = pair.at("vsd").get<std::vector<double>>();
    REQUIRE(result.errors.size() == expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) {
      CHECK(std::abs(result.errors[i] - expected[i]) <= kVsd);
    }
    const auto& pixels = pair.at("vsd_pixels");
    const auto counts_agree = [&](int value, const char* name) {
      const double wanted = pixels.at(name).get<double>();
      CAPTURE(name);
      CHECK(std::abs(value - wanted) <= std::max(kPixels, kPixelShare * wanted));
    };
    counts_agree(result.rendered_truth, "rendered_gt");
    counts_agree(result.rendered_estimate, "rendered_est");
    counts_agree(result.visible_truth, "visible_gt");
    counts_agree(result.visible_estimate, "visible_est");
    counts_agree(result.visible_both, "intersection");
    counts_agree(result.visible_either, "union");
  }
}

}  // namespace
}  // namespace sam6d
