#include <atomic>
#include <cmath>
#include <limits>
#include <numbers>

#include <doctest/doctest.h>

#include "sam6d/error.hpp"
#include "sam6d/evaluate.hpp"
#include "sam6d/renderer.hpp"
#include "support/shapes.hpp"

namespace sam6d {
namespace {

const CameraIntrinsics kCamera{300, 300, 159.5, 119.5, 320, 240};
constexpr ObjectId kBox = 1;
constexpr ObjectId kCylinder = 7;

RigidTransform at(double x, double y, double z, double angle_rad = 0,
                  const Eigen::Vector3d& axis = {1, 1, 0}) {
  RigidTransform pose = RigidTransform::Identity();
  pose.linear() = Eigen::AngleAxisd(angle_rad, axis.normalized()).toRotationMatrix();
  pose.translation() = Eigen::Vector3d(x, y, z);
  return pose;
}

std::vector<EvaluationModel> models() {
  EvaluationModel box{kBox, test::box({0.10F, 0.06F, 0.04F}), 0.0, {}};
  EvaluationModel cylinder{kCylinder, test::cylinder(0.03F, 0.08F), 0.0, {}};
  box.diameter_m = std::sqrt(0.0152);
  cylinder.diameter_m = 0.1;
  cylinder.symmetries.continuous.push_back({Eigen::Vector3d::UnitZ(), Eigen::Vector3d::Zero()});
  return {box, cylinder};
}

/// Two images: a box and a cylinder; two boxes, one of which is hardly visible.
std::vector<GroundTruthPose> truths() {
  return {{3, 0, kBox, at(-0.1, 0, 0.6, 0.4), 1.0},
          {3, 0, kCylinder, at(0.1, 0, 0.6, 0.9), 0.6},
          {3, 1, kBox, at(-0.1, 0, 0.6, 0.4), 0.3},
          {3, 1, kBox, at(0.1, 0.05, 0.7, 0.8), 0.05}};
}

EstimatedPose estimate_of(const GroundTruthPose& truth, double score = 0.5) {
  return {truth.scene_id, truth.im_id, truth.obj_id, score, truth.cam_from_obj, -1};
}

std::vector<EstimatedPose> perfect() {
  std::vector<EstimatedPose> estimates;
  for (const GroundTruthPose& truth : truths()) estimates.push_back(estimate_of(truth));
  return estimates;
}

/// Depth as the true poses give it.
EvaluationImage image_of(int im_id) {
  std::vector<TriangleMesh> meshes;
  for (const EvaluationModel& model : models()) meshes.push_back(model.mesh);
  std::vector<RenderInstance> instances;
  for (const GroundTruthPose& truth : truths()) {
    if (truth.im_id == im_id)
      instances.push_back({truth.obj_id == kBox ? 0 : 1, truth.cam_from_obj});
  }
  RenderOptions options;
  options.color = false;
  return {kCamera, Renderer(meshes).render(kCamera, instances, options).depth_m};
}

PoseReport score(const std::vector<EstimatedPose>& estimates, int threads = 0) {
  PoseEvaluationOptions options;
  options.threads = threads;
  const auto all = truths();
  return PoseEvaluator(models(), options)
      .evaluate(all, estimates, targets_of(all), [](int, int im_id) { return image_of(im_id); });
}

TEST_CASE("targets are the visible instances, counted by image and object") {
  const auto targets = targets_of(truths());
  REQUIRE(targets.size() == 3);
  CHECK(targets[0].obj_id == kBox);
  CHECK(targets[1].obj_id == kCylinder);
  CHECK(targets[2].im_id == 1);
  CHECK(targets[2].inst_count == 1);
  CHECK(targets_of(truths(), 0.0)[2].inst_count == 2);
}

TEST_CASE("true poses score one everywhere") {
  const PoseReport report = score(perfect());
  CHECK(report.has_vsd);
  CHECK(report.all.targets == 3);
  CHECK(report.all.ar == 1.0);
  CHECK(report.all.add_recall == 1.0);
  CHECK(report.mean_over_objects.ar == 1.0);
  CHECK(report.by_object.at(kBox).targets == 2);
  CHECK(report.by_object.at(kCylinder).targets == 1);
  REQUIRE(report.by_visibility.size() == 3);
  for (const auto& group : report.by_visibility) CHECK(group.scores.targets == 1);
  REQUIRE(report.targets.size() == 3);
  CHECK(report.targets[2].visib_fract == 0.3);
}

TEST_CASE("what was not found scores zero") {
  CHECK(score({}).all.ar == 0.0);
  CHECK(score({}).all.targets == 3);
  const PoseReport report = score({perfect()[1]});
  CHECK(report.all.ar == doctest::Approx(1.0 / 3.0));
  CHECK(report.mean_over_objects.ar == doctest::Approx(0.5));
  CHECK(report.by_object.at(kBox).ar == 0.0);
}

TEST_CASE("a turn about its axis leaves a cylinder's score as it is, but not a box's") {
  auto estimates = perfect();
  const RigidTransform turn = at(0, 0, 0, 1.1, {0, 0, 1});
  estimates[0].cam_from_obj = estimates[0].cam_from_obj * turn;
  estimates[1].cam_from_obj = estimates[1].cam_from_obj * turn;
  const PoseReport report = score(estimates);
  CHECK(report.by_object.at(kCylinder).ar > 0.99);
  CHECK(report.by_object.at(kCylinder).add_recall == 1.0);
  CHECK(report.by_object.at(kBox).ar < 0.9);
  CHECK(report.by_object.at(kBox).add_recall == 0.5);
}

TEST_CASE("an error passes as many thresholds as it is small") {
  // Along the optical axis by 0.22 of the diameter: MSSD passes 0.25 .. 0.50, six of ten.
  auto estimates = perfect();
  const double shift_m = 0.22 * models()[0].diameter_m;
  estimates[0].cam_from_obj.translation().z() += shift_m;
  const PoseReport report = score(estimates);
  CHECK(report.targets[0].mssd == doctest::Approx(0.6));
  CHECK(report.targets[0].add == 0.0);
  CHECK(report.targets[0].vsd < 0.7);
  CHECK(report.targets[0].mspd > 0.0);
}

TEST_CASE("MSPD's thresholds grow with the picture") {
  // 1 px of a picture 320 wide counts as 2 px of one 640 wide; 3 px as 6: one threshold less.
  auto estimates = perfect();
  const auto mspd_after = [&](double shift_px) {
    auto moved = estimates;
    // The nearest corner moves most; the depth there is less than that of the centre.
    moved[0].cam_from_obj.translation().x() += shift_px * 0.56 / kCamera.fx;
    return score(moved).targets[0].mspd;
  };
  CHECK(mspd_after(1.0) == doctest::Approx(1.0));
  CHECK(mspd_after(3.0) == doctest::Approx(0.9));
}

TEST_CASE("only the best scored estimates count, one for each instance to be found") {
  auto estimates = perfect();
  EstimatedPose wrong = estimates[0];
  wrong.cam_from_obj.translation().x() += 0.2;
  wrong.score = 0.9;
  estimates.push_back(wrong);
  CHECK(score(estimates).by_object.at(kBox).ar == doctest::Approx(0.5));
  estimates.back().score = 0.1;
  CHECK(score(estimates).by_object.at(kBox).ar == 1.0);
}

TEST_CASE("only the most visible instances are to be found") {
  // One box of the second image is the target: finding the hidden one instead does not help.
  auto estimates = perfect();
  estimates[2].score = 0.1;  // of the visible one
  CHECK(score(estimates).targets[2].mssd == 0.0);
}

TEST_CASE("without depth the two other errors are averaged") {
  const auto all = truths();
  const PoseReport report =
      PoseEvaluator(models()).evaluate(all, perfect(), targets_of(all), [](int, int) {
        return EvaluationImage{kCamera, {}};
      });
  CHECK(!report.has_vsd);
  CHECK(report.all.ar_vsd == 0.0);
  CHECK(report.all.ar == 1.0);
}

TEST_CASE("poses outside of the picture and behind the camera score zero without harm") {
  auto estimates = perfect();
  estimates[0].cam_from_obj.translation() = Eigen::Vector3d(5, 0, 0.5);
  estimates[1].cam_from_obj.translation() = Eigen::Vector3d(0, 0, -0.5);
  estimates[2].cam_from_obj.translation() = Eigen::Vector3d(0, 0, 0.01);
  const PoseReport report = score(estimates);
  CHECK(report.all.ar == 0.0);
}

TEST_CASE("the number of threads changes nothing") {
  auto estimates = perfect();
  estimates[0].cam_from_obj.translation().z() += 0.02;
  const PoseReport one = score(estimates, 1);
  const PoseReport three = score(estimates, 3);
  REQUIRE(one.targets.size() == three.targets.size());
  for (std::size_t i = 0; i < one.targets.size(); ++i) {
    CHECK(one.targets[i].vsd == three.targets[i].vsd);
    CHECK(one.targets[i].mspd == three.targets[i].mspd);
  }
}

TEST_CASE("seconds are those of an image, averaged over images") {
  auto estimates = perfect();
  for (EstimatedPose& estimate : estimates) estimate.seconds = estimate.im_id == 0 ? 1.0 : 4.0;
  CHECK(score(estimates).mean_seconds_per_image == doctest::Approx(2.5));
  CHECK(score(perfect()).mean_seconds_per_image == -1);
}

TEST_CASE("a diameter of zero is taken from the mesh") {
  auto given = models();
  given[0].diameter_m = 0;
  const auto all = truths();
  auto estimates = perfect();
  estimates[0].cam_from_obj.translation().z() += 0.22 * models()[0].diameter_m;
  const PoseReport report = PoseEvaluator(given).evaluate(
      all, estimates, targets_of(all), [](int, int im_id) { return image_of(im_id); });
  CHECK(report.targets[0].mssd == doctest::Approx(0.6));
}

TEST_CASE("progress is told, and stops the evaluation") {
  const auto all = truths();
  const PoseEvaluator evaluator(models());
  const auto load = [](int, int im_id) { return image_of(im_id); };
  int last = 0;
  (void)evaluator.evaluate(all, perfect(), targets_of(all), load, [&](const Progress& progress) {
    last = progress.done;
    CHECK(progress.total == 2);
    return true;
  });
  CHECK(last == 2);
  try {
    (void)evaluator.evaluate(all, perfect(), targets_of(all), load,
                             [](const Progress&) { return false; });
    FAIL("expected Error");
  } catch (const Error& error) {
    CHECK(error.code() == ErrorCode::kCancelled);
  }
}

TEST_CASE("what cannot be scored is refused") {
  const auto all = truths();
  const auto load = [](int, int im_id) { return image_of(im_id); };
  const PoseEvaluator evaluator(models());
  auto estimates = perfect();

  estimates[0].cam_from_obj.translation().x() = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS((void)evaluator.evaluate(all, estimates, targets_of(all), load), Error);
  estimates = perfect();
  estimates[0].score = std::numeric_limits<double>::infinity();
  CHECK_THROWS_AS((void)evaluator.evaluate(all, estimates, targets_of(all), load), Error);
  auto targets = targets_of(all);
  targets.push_back(targets[0]);
  CHECK_THROWS_AS((void)evaluator.evaluate(all, perfect(), targets, load), Error);
  targets = {{3, 0, 99, 1}};
  CHECK_THROWS_AS((void)evaluator.evaluate(all, perfect(), targets, load), Error);
  const auto wrong_size = [](int, int) { return EvaluationImage{kCamera, Image<float>(4, 4)}; };
  CHECK_THROWS_AS((void)evaluator.evaluate(all, perfect(), targets_of(all), wrong_size), Error);

  auto twice = models();
  twice[1].obj_id = kBox;
  CHECK_THROWS_AS(PoseEvaluator{twice}, Error);
  auto empty = models();
  empty[0].mesh.faces.clear();
  CHECK_THROWS_AS(PoseEvaluator{empty}, Error);
  auto negative = models();
  negative[0].diameter_m = -1;
  CHECK_THROWS_AS(PoseEvaluator{negative}, Error);
  PoseEvaluationOptions options;
  options.mssd_thresholds = {0.1, -0.1};
  CHECK_THROWS_AS(PoseEvaluator(models(), options), Error);
}

}  // namespace
}  // namespace sam6d
