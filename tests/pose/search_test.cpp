#include "pose/search.hpp"

#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include "pose/made_scene.hpp"
#include "sam6d/error.hpp"
#include "sam6d/evaluate.hpp"

namespace sam6d {
namespace {

constexpr double kMostAdd = 0.04;          // share of the diameter, ADD or ADD-S
constexpr double kMostDegrees = 4.0;       // for objects without symmetries
constexpr float kLeastProbability = 0.5F;  // of a pose that holds

struct Setup {
  std::vector<scenes::ShapeModel> shapes;
  std::vector<ObjectModel> objects;
  test::MadeScene scene;
};

/// A step block, a mug and a labelled box on a table; the mug stands partly behind the box.
const Setup& setup() {
  static const Setup made = [] {
    Setup result;
    result.shapes = {scenes::make_shape(scenes::ShapeKind::kStepBlock, 0.13, 11, 32),
                     scenes::make_shape(scenes::ShapeKind::kMug, 0.13, 12, 32),
                     scenes::make_shape(scenes::ShapeKind::kLabelledBox, 0.15, 13, 32)};
    std::vector<TriangleMesh> meshes;
    for (std::size_t i = 0; i < result.shapes.size(); ++i) {
      result.objects.push_back(test::onboarded(static_cast<int>(i) + 1, result.shapes[i]));
      meshes.push_back(result.shapes[i].mesh);
    }
    result.scene = test::make_scene(
        meshes,
        {test::standing(meshes[0], -0.13, 0.03, 0.4), test::standing(meshes[1], 0.06, 0.10, -1.0),
         test::standing(meshes[2], 0.10, -0.03, 2.0)},
        true, 7);
    return result;
  }();
  return made;
}

GeometricSearchOptions options_with(int threads) {
  GeometricSearchOptions options;
  options.threads = threads;
  return options;
}

double add_share(const Setup& made, std::size_t object, const RigidTransform& estimate) {
  const std::vector<Eigen::Vector3f>& points = made.shapes[object].mesh.vertices_m;
  const RigidTransform& truth = made.scene.poses[object];
  const double error = made.shapes[object].symmetries.empty() ? add_m(points, estimate, truth)
                                                              : adi_m(points, estimate, truth);
  return error / made.objects[object].diameter_m();
}

std::vector<SearchQuery> one_each(int count) {
  std::vector<SearchQuery> queries(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    queries[static_cast<std::size_t>(i)].object = i;
    queries[static_cast<std::size_t>(i)].max_instances = 1;
  }
  return queries;
}

}  // namespace

TEST_CASE("objects on a table are found without masks, and chosen jointly") {
  const Setup& made = setup();
  const GeometricSearchOptions options = options_with(1);
  const PreparedFrame frame(made.scene.frame(), options);
  const std::vector<SearchQuery> queries = one_each(3);
  const auto found = search(frame, made.objects, queries, options);
  std::vector<Hypothesis> all;
  for (const auto& some : found) all.insert(all.end(), some.begin(), some.end());
  const std::vector<int> chosen = choose_jointly(all, queries, made.objects, kLeastProbability);
  REQUIRE(chosen.size() == 3);
  for (const int i : chosen) {
    const Hypothesis& hypothesis = all[static_cast<std::size_t>(i)];
    const auto object = static_cast<std::size_t>(hypothesis.object);
    CAPTURE(object);
    CHECK(add_share(made, object, hypothesis.cam_from_obj) < kMostAdd);
    if (made.shapes[object].symmetries.empty()) {
      CHECK(rotation_error_rad(hypothesis.cam_from_obj, made.scene.poses[object]) <
            kMostDegrees * std::numbers::pi / 180);
    }
  }
}

TEST_CASE("results do not depend on the number of threads") {
  const Setup& made = setup();
  const std::vector<SearchQuery> queries = one_each(3);
  std::vector<std::vector<Hypothesis>> results[2];
  for (const int threads : {1, 3}) {
    const GeometricSearchOptions options = options_with(threads);
    const PreparedFrame frame(made.scene.frame(), options);
    results[threads == 1 ? 0 : 1] = search(frame, made.objects, queries, options);
  }
  for (std::size_t q = 0; q < queries.size(); ++q) {
    REQUIRE(results[0][q].size() == results[1][q].size());
    for (std::size_t i = 0; i < results[0][q].size(); ++i) {
      CHECK(results[0][q][i].raw_score == results[1][q][i].raw_score);
      CHECK(results[0][q][i].cam_from_obj.matrix() == results[1][q][i].cam_from_obj.matrix());
    }
  }
}

TEST_CASE("an object that is not there gets no probable pose") {
  const Setup& made = setup();
  const std::vector<ObjectModel> absent = {
      test::onboarded(9, scenes::make_shape(scenes::ShapeKind::kHook, 0.14, 21, 32)),
      test::onboarded(10, scenes::make_shape(scenes::ShapeKind::kVase, 0.15, 22, 32))};
  const GeometricSearchOptions options = options_with(1);
  const PreparedFrame frame(made.scene.frame(), options);
  const auto found = search(frame, absent, one_each(2), options);
  for (const auto& hypotheses : found) {
    if (!hypotheses.empty()) CHECK(hypotheses.front().probability < kLeastProbability);
  }
}

TEST_CASE("an object held in the air is found, without a plane") {
  const scenes::ShapeModel block = scenes::make_shape(scenes::ShapeKind::kStepBlock, 0.13, 11, 32);
  const ObjectModel object = test::onboarded(1, block);
  const RigidTransform pose =
      test::transform(Eigen::Quaterniond(0.3, 0.5, -0.6, 0.2), Eigen::Vector3d(0.03, -0.02, 0.55));
  const test::MadeScene scene = test::make_scene({block.mesh}, {pose}, false, 3);
  const GeometricSearchOptions options = options_with(1);
  const PreparedFrame frame(scene.frame(), options);
  const auto found = search(frame, std::span(&object, 1), one_each(1), options);
  REQUIRE_FALSE(found[0].empty());
  CHECK(add_m(block.mesh.vertices_m, found[0].front().cam_from_obj, pose) <
        kMostAdd * object.diameter_m());
}

TEST_CASE("refinement converges from some millimetres and degrees away") {
  const Setup& made = setup();
  const GeometricSearchOptions options = options_with(1);
  const PreparedFrame frame(made.scene.frame(), options);
  RigidTransform off = made.scene.poses[0];
  off.translation() += Eigen::Vector3d(0.005, -0.004, 0.006);
  off.linear() =
      off.linear() *
      Eigen::AngleAxisd(0.10, Eigen::Vector3d(1, -1, 0.5).normalized()).toRotationMatrix();
  REQUIRE(add_share(made, 0, off) > kMostAdd);
  const std::optional<Hypothesis> refined = refine_pose(frame, made.objects[0], off, options);
  REQUIRE(refined);
  constexpr double kRefined = 0.015;  // share of the diameter: 2 mm
  CHECK(add_share(made, 0, refined->cam_from_obj) < kRefined);
}

TEST_CASE("the visible mask is what the object shows") {
  const Setup& made = setup();
  const PreparedFrame frame(made.scene.frame(), options_with(1));
  for (std::size_t i = 0; i < 3; ++i) {
    Mask truth(Box{0, 0, made.scene.camera.width, made.scene.camera.height});
    for (int y = 0; y < made.scene.camera.height; ++y) {
      for (int x = 0; x < made.scene.camera.width; ++x) {
        if (made.scene.instance(x, y) == static_cast<int>(i)) truth.set(x, y);
      }
    }
    constexpr double kLeastIou = 0.9;  // the mesh is decimated
    CHECK(mask_iou(visible_mask(frame, made.objects[i], made.scene.poses[i]), truth) > kLeastIou);
  }
}

TEST_CASE("what the host throws ends the search, and nothing else does") {
  const Setup& made = setup();
  const GeometricSearchOptions options = options_with(2);
  const PreparedFrame frame(made.scene.frame(), options);
  std::vector<std::uint8_t> failed;
  const ProgressFn stop_after_one = [](const Progress& progress) { return progress.done < 1; };
  CHECK_THROWS_AS((void)search(frame, made.objects, one_each(3), options, stop_after_one, &failed),
                  Error);
}

}  // namespace sam6d
