#include <cmath>
#include <filesystem>

#include <doctest/doctest.h>

#include "evaluate/bop_scenes.hpp"
#include "sam6d/bop_results.hpp"
#include "sam6d/evaluate.hpp"
#include "support/shared_data.hpp"

namespace sam6d {
namespace {

constexpr double kRecall = 0.01;  // tolerance of the values' README

void check(const PoseScores& scores, const test::Json& expected) {
  CHECK(std::abs(scores.ar - expected.at("AR").get<double>()) < kRecall);
  CHECK(std::abs(scores.ar_vsd - expected.at("AR_VSD").get<double>()) < kRecall);
  CHECK(std::abs(scores.ar_mssd - expected.at("AR_MSSD").get<double>()) < kRecall);
  CHECK(std::abs(scores.ar_mspd - expected.at("AR_MSPD").get<double>()) < kRecall);
  CHECK(std::abs(scores.add_recall - expected.at("ADDS_01d").get<double>()) < kRecall);
}

TEST_CASE("a results file scores as with the BOP toolkit") {
  const auto folder = test::shared_data("scenes");
  if (!folder) return;
  const test::BopScenes scenes = test::read_scenes(*folder);
  const std::filesystem::path goldens = std::filesystem::path(SAM6D_TEST_DATA) / "bop_metrics";
  const test::Json golden = test::read_json(goldens / "scores_public-test.json").at("poses");
  const PoseEvaluator evaluator(scenes.models);
  const PoseReport report =
      evaluator.evaluate(scenes.truths, load_bop_results(goldens / "results_public-test.csv"),
                         scenes.targets, [&](int, int im_id) { return scenes.image(im_id); });

  CHECK(report.has_vsd);
  CHECK(report.all.targets == golden.at("n_targets").get<int>());
  check(report.all, golden.at("all"));
  check(report.mean_over_objects, golden.at("mean_over_objects"));
  CHECK(report.by_object.size() == golden.at("objects").size());
  for (const auto& [key, expected] : golden.at("objects").items()) {
    const std::string& object = key;  // clang 14 cannot capture structured bindings
    CAPTURE(object);
    check(report.by_object.at(std::stoi(object)), expected);
    CHECK(report.by_object.at(std::stoi(object)).targets == expected.at("n").get<int>());
  }
  const test::Json& groups = golden.at("by_visibility");
  REQUIRE(report.by_visibility.size() == 3);
  CHECK(report.by_visibility[0].scores.targets == groups.at("0.1-0.5")[0].get<int>());
  CHECK(report.by_visibility[1].scores.targets == groups.at("0.5-0.85")[0].get<int>());
  CHECK(report.by_visibility[2].scores.targets == groups.at("0.85-1.0")[0].get<int>());
  CHECK(std::abs(report.by_visibility[2].scores.add_recall -
                 groups.at("0.85-1.0")[1].get<double>()) < kRecall);
  CHECK(std::abs(report.mean_seconds_per_image - golden.at("mean_time_s_per_image").get<double>()) <
        1e-9);
}

TEST_CASE("the true poses score one, and the targets follow from the truths") {
  const auto folder = test::shared_data("scenes");
  if (!folder) return;
  const test::BopScenes scenes = test::read_scenes(*folder);
  const auto targets = targets_of(scenes.truths);
  const auto& listed = scenes.targets;
  REQUIRE(targets.size() == listed.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    CHECK(targets[i].im_id == listed[i].im_id);
    CHECK(targets[i].obj_id == listed[i].obj_id);
    CHECK(targets[i].inst_count == listed[i].inst_count);
  }
  std::vector<EstimatedPose> estimates;
  for (const GroundTruthPose& truth : scenes.truths) {
    estimates.push_back(
        {truth.scene_id, truth.im_id, truth.obj_id, truth.visib_fract, truth.cam_from_obj, -1});
  }
  const PoseEvaluator evaluator(scenes.models);
  const PoseReport report = evaluator.evaluate(scenes.truths, estimates, targets,
                                               [&](int, int im_id) { return scenes.image(im_id); });
  CHECK(report.all.targets == 9);
  CHECK(report.all.ar == 1.0);
  CHECK(report.all.add_recall == 1.0);
  CHECK(report.mean_seconds_per_image == -1);
}

}  // namespace
}  // namespace sam6d
