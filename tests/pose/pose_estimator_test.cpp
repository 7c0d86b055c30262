#include "sam6d/pose_estimator.hpp"

#include <doctest/doctest.h>

#include "pose/made_scene.hpp"
#include "sam6d/error.hpp"
#include "sam6d/evaluate.hpp"

namespace sam6d {
namespace {

constexpr double kMostAdd = 0.04;  // share of the diameter

struct Setup {
  scenes::ShapeModel shape;
  std::vector<ObjectModel> objects;
  test::MadeScene scene;
};

/// Two of the same block on a table.
const Setup& setup() {
  static const Setup made = [] {
    Setup result{scenes::make_shape(scenes::ShapeKind::kStepBlock, 0.13, 11, 32), {}, {}};
    result.objects = {test::onboarded(7, result.shape)};
    const TriangleMesh& mesh = result.shape.mesh;
    result.scene = test::make_scene(
        {mesh, mesh}, {test::standing(mesh, -0.1, 0.02, 0.4), test::standing(mesh, 0.1, 0.0, 1.9)},
        true, 5);
    return result;
  }();
  return made;
}

Mask mask_of(const test::MadeScene& scene, int instance) {
  Mask mask(Box{0, 0, scene.camera.width, scene.camera.height});
  for (int y = 0; y < scene.camera.height; ++y) {
    for (int x = 0; x < scene.camera.width; ++x) {
      if (scene.instance(x, y) == instance) mask.set(x, y);
    }
  }
  return mask.cropped();
}

/// Which instance a pose is of, -1 = none.
int instance_at(const RigidTransform& pose) {
  const Setup& made = setup();
  for (int i = 0; i < 2; ++i) {
    if (add_m(made.shape.mesh.vertices_m, pose, made.scene.poses[static_cast<std::size_t>(i)]) <
        kMostAdd * made.objects[0].diameter_m()) {
      return i;
    }
  }
  return -1;
}

PoseEstimator estimator(int k_best = 1) {
  GeometricPoseOptions options;
  options.search.threads = 1;
  options.k_best = k_best;
  return PoseEstimator(options);
}

}  // namespace

TEST_CASE("masks, boxes and nothing at all lead to the instances") {
  const Setup& made = setup();
  for (int way = 0; way < 3; ++way) {
    CAPTURE(way);
    std::vector<Detection> detections(2);
    for (int i = 0; i < 2; ++i) {
      Detection& detection = detections[static_cast<std::size_t>(i)];
      detection.object = 7;
      if (way == 0) detection.mask = mask_of(made.scene, i);
      if (way == 1) detection.box_px = mask_of(made.scene, i).box();
    }
    const std::vector<PoseResult> results =
        estimator().estimate(made.scene.frame(), made.objects, detections);
    REQUIRE(results.size() == 2);
    REQUIRE(results[0].pose);
    REQUIRE(results[1].pose);
    const int first = instance_at(results[0].pose->cam_from_obj);
    const int second = instance_at(results[1].pose->cam_from_obj);
    if (way < 2) {
      CHECK(first == 0);
      CHECK(second == 1);
    } else {
      CHECK(first >= 0);
      CHECK(second == 1 - first);
      CHECK(mask_iou(results[0].detection.mask, mask_of(made.scene, first)) > 0.9);
    }
    CHECK(results[0].pose->score > 0.5F);
  }
}

TEST_CASE("a guess is refined instead of searched") {
  const Setup& made = setup();
  Detection detection;
  detection.object = 7;
  RigidTransform guess = made.scene.poses[1];
  guess.translation().x() += 0.006;
  detection.cam_from_obj_guess = guess;
  const std::vector<PoseResult> results =
      estimator().estimate(made.scene.frame(), made.objects, std::span(&detection, 1));
  REQUIRE(results[0].pose);
  CHECK(instance_at(results[0].pose->cam_from_obj) == 1);
  CHECK(results[0].refined);
}

TEST_CASE("every detection without a pose says why, and the others keep theirs") {
  const Setup& made = setup();
  std::vector<Detection> detections(5);
  detections[0].object = 7;
  detections[0].mask = mask_of(made.scene, 0);
  detections[1].object = 99;
  detections[2].object = 7;
  detections[2].box_px = Box{-50, -50, -10, -10};
  detections[3].object = 7;
  detections[3].mask = Mask(Box{10, 10, 14, 13});
  detections[3].mask.set(11, 11);
  detections[4] = detections[0];
  const std::vector<PoseResult> results =
      estimator().estimate(made.scene.frame(), made.objects, detections);
  CHECK(results[0].pose.has_value() != results[4].pose.has_value());
  CHECK(results[1].reason == NoPoseReason::kUnknownObject);
  CHECK(results[2].reason == NoPoseReason::kOutsidePicture);
  CHECK(results[3].reason == NoPoseReason::kTooFewPoints);
  CHECK((results[0].pose ? results[4] : results[0]).reason == NoPoseReason::kDuplicate);
}

TEST_CASE("k_best gives alternatives that are less probable") {
  const Setup& made = setup();
  Detection detection;
  detection.object = 7;
  detection.mask = mask_of(made.scene, 0);
  const std::vector<PoseResult> results =
      estimator(3).estimate(made.scene.frame(), made.objects, std::span(&detection, 1));
  REQUIRE(results[0].pose);
  CHECK(results[0].alternatives.size() <= 2);
  for (const Pose& other : results[0].alternatives) CHECK(other.score <= results[0].pose->score);
}

TEST_CASE("refine moves a pose, and refuses one beside the picture") {
  const Setup& made = setup();
  RigidTransform guess = made.scene.poses[0];
  guess.translation().y() += 0.005;
  const PoseResult result = estimator().refine(made.scene.frame(), made.objects[0], guess);
  REQUIRE(result.pose);
  CHECK(instance_at(result.pose->cam_from_obj) == 0);
  CHECK(result.pose->score > 0.5F);
  CHECK(result.visible_fraction > 0.8F);
  guess.translation().x() += 5;
  const PoseResult beside = estimator().refine(made.scene.frame(), made.objects[0], guess);
  CHECK_FALSE(beside.pose);
  CHECK(beside.reason == NoPoseReason::kOutsidePicture);
}

TEST_CASE("pictures without depth, and options that make no sense") {
  const Setup& made = setup();
  test::MadeScene dark = made.scene;
  std::fill(dark.depth_m.data(), dark.depth_m.data() + dark.depth_m.size(), 0.0F);
  Detection detection;
  detection.object = 7;
  const std::vector<PoseResult> results =
      estimator().estimate(dark.frame(), made.objects, std::span(&detection, 1));
  CHECK_FALSE(results[0].pose);
  CHECK(results[0].reason == NoPoseReason::kNoHypothesis);

  GeometricPoseOptions options;
  options.k_best = 0;
  CHECK_THROWS_WITH_AS(PoseEstimator{options}, doctest::Contains("k_best"), Error);
  options = {};
  options.search.max_depth_m = 0.05;
  CHECK_THROWS_WITH_AS(PoseEstimator{options}, doctest::Contains("max_depth_m"), Error);
}

}  // namespace sam6d
