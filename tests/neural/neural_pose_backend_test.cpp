#include "neural/neural_pose_backend.hpp"

#include <array>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "neural/detection_batch.hpp"
#include "object/object_data.hpp"
#include "sam6d/pipeline.hpp"
#include "support/errors.hpp"
#include "support/log_capture.hpp"
#include "tiny_network.hpp"

namespace sam6d {
namespace {

constexpr ObjectId kFlat = 3;
constexpr ObjectId kCube = 8;

using Backend = std::shared_ptr<const PoseEstimator::Backend>;

Backend tiny(const NeuralPoseOptions& options = test::synthetic_options()) {
  return make_neural_pose_backend(options, {}, test::tiny_config());
}

const std::vector<ObjectModel>& plain_objects() {
  static const std::vector<ObjectModel> objects = {test::box_object(kFlat, {0.10F, 0.06F, 0.03F}),
                                                   test::box_object(kCube, {0.08F, 0.08F, 0.08F})};
  return objects;
}

/// The same, prepared for the tiny network at its default options.
const std::vector<ObjectModel>& prepared_objects() {
  static const std::vector<ObjectModel> objects = [] {
    std::vector<ObjectModel> prepared;
    const Backend backend = tiny();
    for (const ObjectModel& object : plain_objects()) {
      prepared.push_back(backend->prepare(object, {}));
    }
    return prepared;
  }();
  return objects;
}

const test::BoxPicture& picture() {
  static const test::BoxPicture boxes;
  return boxes;
}

std::vector<PoseResult> estimate(const Backend& backend, std::span<const ObjectModel> objects,
                                 std::span<const Detection> detections,
                                 const ProgressFn& progress = {}) {
  return backend->estimate(picture().frame(), objects, detections, progress, nullptr);
}

bool same_pose(const PoseResult& a, const PoseResult& b) {
  return a.pose && b.pose && a.pose->cam_from_obj.matrix() == b.pose->cam_from_obj.matrix() &&
         a.pose->score == b.pose->score;
}

TEST_CASE("every detection comes back in its place, with a pose or the reason") {
  const test::BoxPicture& boxes = picture();
  std::vector<Detection> detections(8);
  detections[0] = boxes.detection(1, kCube);
  detections[1].object = kCube;  // neither mask nor box
  detections[2] = boxes.detection(0, 99);
  detections[3] = boxes.detection(0, kFlat);
  detections[4].object = kFlat;
  detections[4].box_px = {-50, -50, -10, -10};
  detections[5].object = kFlat;
  detections[5].box_px = {40, 55, 45, 60};  // 25 pixels
  detections[6] = boxes.detection(0, kFlat);
  detections[6].score = 0.1F;
  detections[7] = boxes.detection(0, kFlat);
  detections[7].mask = Mask();  // the box alone
  NeuralPoseOptions options = test::synthetic_options();
  options.min_detection_score = 0.2F;
  detections[1].score = detections[4].score = detections[5].score = 1;

  std::vector<StageSeconds> seconds;
  const auto results =
      tiny(options)->estimate(boxes.frame(), prepared_objects(), detections, {}, &seconds);
  REQUIRE(results.size() == 8);
  const std::array reasons = {NoPoseReason::kNone,           NoPoseReason::kNoMask,
                              NoPoseReason::kUnknownObject,  NoPoseReason::kNone,
                              NoPoseReason::kOutsidePicture, NoPoseReason::kTooFewPoints,
                              NoPoseReason::kLowScore,       NoPoseReason::kNone};
  for (std::size_t i = 0; i < results.size(); ++i) {
    CAPTURE(i);
    CHECK(results[i].reason == reasons[i]);
    CHECK(results[i].pose.has_value() == (reasons[i] == NoPoseReason::kNone));
    CHECK(results[i].detection.object == detections[i].object);
    CHECK(results[i].detection.mask == detections[i].mask);
  }
  REQUIRE(seconds.size() == 3);
  CHECK(seconds[0].stage == "crops");
  CHECK(seconds[2].stage == "forward");
}

TEST_CASE("poses are metres in the camera's frame, of the detection's own object") {
  const test::BoxPicture& boxes = picture();
  const std::vector<Detection> detections = {boxes.detection(0, kFlat), boxes.detection(1, kCube)};
  const auto results = estimate(tiny(), prepared_objects(), detections);
  for (std::size_t i = 0; i < 2; ++i) {
    REQUIRE(results[i].pose);
    const RigidTransform& pose = results[i].pose->cam_from_obj;
    // Whatever the weights, the fit takes the middle of some of the object's points to the middle
    // of some of those seen: it is off by less than the object and its reach.
    CHECK((pose.translation() - boxes.poses[i].translation()).norm() < 0.08);
    CHECK((pose.linear() * pose.linear().transpose()).isApprox(Eigen::Matrix3d::Identity(), 1e-12));
    CHECK(pose.linear().determinant() > 0);
    CHECK(results[i].network_score == results[i].pose->score);
    CHECK(results[i].pose->score >= 0);
    CHECK(results[i].pose->score <= 1);
  }
}

TEST_CASE("a detection's pose does not depend on what others there are") {
  const test::BoxPicture& boxes = picture();
  NeuralPoseOptions options = test::synthetic_options();
  options.batch_size = 1;  // batches round differently
  const Backend backend = tiny(options);
  const std::vector<Detection> both = {boxes.detection(0, kFlat), boxes.detection(1, kCube)};
  const auto together = estimate(backend, prepared_objects(), both);
  const auto alone = estimate(backend, prepared_objects(), std::span(both).subspan(1));
  CHECK(same_pose(together[1], alone[0]));
  // In one batch the draws are the same, and so is the pose up to rounding.
  const auto batched = estimate(tiny(), prepared_objects(), both);
  constexpr double kRounding_m = 1e-4;
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK((batched[i].pose->cam_from_obj.matrix() - together[i].pose->cam_from_obj.matrix())
              .cwiseAbs()
              .maxCoeff() < kRounding_m);
  }
}

TEST_CASE("the same seed gives the same poses, another one others") {
  const std::vector<Detection> detections = {picture().detection(0, kFlat)};
  const auto first = estimate(tiny(), prepared_objects(), detections);
  CHECK(same_pose(first[0], estimate(tiny(), prepared_objects(), detections)[0]));
  NeuralPoseOptions options = test::synthetic_options();
  options.seed = 1;
  CHECK(!same_pose(first[0], estimate(tiny(options), prepared_objects(), detections)[0]));
}

TEST_CASE("an object is prepared once, and its bundle keeps that") {
  const std::vector<Detection> detections = {picture().detection(0, kFlat)};
  const ObjectModel& prepared = prepared_objects()[0];
  const Backend backend = tiny();
  CHECK(&backend->prepare(prepared, {}).data() == &prepared.data());
  const ObjectModel back = ObjectModel::from_bytes(prepared.to_bytes(), "bundle");
  CHECK(&backend->prepare(back, {}).data() == &back.data());

  const auto expected = estimate(backend, std::span(&prepared, 1), detections);
  CHECK(same_pose(expected[0], estimate(backend, std::span(&back, 1), detections)[0]));
  // An object that is not prepared gives the same, and says so once.
  test::LogCapture log(LogLevel::kInfo);
  const auto unprepared = estimate(backend, std::span(&plain_objects()[0], 1), detections);
  CHECK(same_pose(expected[0], unprepared[0]));
  REQUIRE(log.messages().size() == 1);
  CHECK(log.mentions("prepare()"));
  (void)estimate(backend, std::span(&plain_objects()[0], 1), detections);
  CHECK(log.messages().size() == 1);
}

TEST_CASE("what an object has of other weights or other settings is left alone") {
  const ObjectModel foreign =
      with_descriptors(plain_objects()[0], "pem-of-somebody", {{"a", {DType::kUint8, {0}, {}}}});
  NeuralPoseOptions fewer = test::synthetic_options();
  fewer.template_views = 3;
  const ObjectModel both = tiny(fewer)->prepare(tiny()->prepare(foreign, {}), {});
  CHECK(both.data().descriptors.size() == 3);
  CHECK(find_descriptors(both, "pem-of-somebody"));
}

TEST_CASE("descriptors that cannot be the network's are computed again") {
  const auto& sets = prepared_objects()[0].data().descriptors;
  REQUIRE(sets.size() == 1);
  TensorMap wrong = *sets.begin()->second;
  wrong.at("features").shape = {wrong.at("features").shape[1], wrong.at("features").shape[0]};
  const ObjectModel spoiled = with_descriptors(plain_objects()[0], sets.begin()->first, wrong);
  const test::LogCapture log;
  const ObjectModel mended = tiny()->prepare(spoiled, {});
  CHECK(log.mentions("other sizes"));
  CHECK(find_descriptors(mended, sets.begin()->first)->at("features").bytes ==
        sets.begin()->second->at("features").bytes);
}

TEST_CASE("an object that cannot be prepared does not cost the others their poses") {
  const std::vector<ObjectModel> objects = {test::box_object(kFlat, {0.10F, 0.06F, 0.03F}, false),
                                            prepared_objects()[1]};
  const std::vector<Detection> detections = {picture().detection(0, kFlat),
                                             picture().detection(1, kCube)};
  const test::LogCapture log;
  const auto results = estimate(tiny(), objects, detections);
  CHECK(results[0].reason == NoPoseReason::kFailed);
  CHECK(log.mentions("render_views"));
  CHECK(results[1].pose);
  const auto error = test::error_of([&] { (void)tiny()->prepare(objects[0], {}); });
  REQUIRE(error);
  CHECK(error->code() == ErrorCode::kInvalidArgument);
}

TEST_CASE("poses of too low a score are not given") {
  NeuralPoseOptions options = test::synthetic_options();
  options.min_score = 1;
  const std::vector<Detection> detections = {picture().detection(0, kFlat)};
  const auto results = estimate(tiny(options), prepared_objects(), detections);
  CHECK(!results[0].pose);
  CHECK(results[0].reason == NoPoseReason::kLowScore);
  CHECK(results[0].network_score > 0);
}

TEST_CASE("the geometric part judges and refines where it is asked to") {
  NeuralPoseOptions options = test::synthetic_options();
  options.verify = true;
  const std::vector<Detection> detections = {picture().detection(0, kFlat)};
  const auto plain = estimate(tiny(), prepared_objects(), detections);
  const auto verified = estimate(tiny(options), prepared_objects(), detections);
  REQUIRE(verified[0].pose);
  CHECK(verified[0].pose->cam_from_obj.matrix() == plain[0].pose->cam_from_obj.matrix());
  CHECK(verified[0].network_score == plain[0].network_score);
  CHECK(!verified[0].refined);
  CHECK(plain[0].visible_fraction == 0);
  CHECK(verified[0].visible_fraction > 0);
  options.refine = true;
  const auto refined = estimate(tiny(options), prepared_objects(), detections);
  CHECK(refined[0].refined);

  // refine() is the geometric part's from any guess.
  RigidTransform guess = picture().poses[0];
  guess.translation().x() += 0.004;
  const PoseResult moved = tiny()->refine(picture().frame(), prepared_objects()[0], guess);
  REQUIRE(moved.pose);
  CHECK((moved.pose->cam_from_obj.translation() - picture().poses[0].translation()).norm() < 0.002);
  guess.translation().x() += 50;
  CHECK(tiny()->refine(picture().frame(), prepared_objects()[0], guess).reason ==
        NoPoseReason::kOutsidePicture);
}

TEST_CASE("several threads may use one estimator") {
  const Backend backend = tiny();
  const std::vector<Detection> detections = {picture().detection(0, kFlat),
                                             picture().detection(1, kCube)};
  const auto expected = estimate(backend, plain_objects(), detections);
  std::vector<std::vector<PoseResult>> found(3);
  std::vector<std::thread> threads;
  for (auto& mine : found) {
    threads.emplace_back([&] { mine = estimate(backend, plain_objects(), detections); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& mine : found) {
    CHECK(same_pose(mine[0], expected[0]));
    CHECK(same_pose(mine[1], expected[1]));
  }
}

TEST_CASE("a call can be cancelled, and what the callback throws passes through") {
  const std::vector<Detection> detections = {picture().detection(0, kFlat)};
  const Backend backend = tiny();
  const auto cancelled = [](const auto& action) {
    const auto error = test::error_of(action);
    return error && error->code() == ErrorCode::kCancelled;
  };
  CHECK(cancelled([&] {
    (void)estimate(backend, prepared_objects(), detections, [](const Progress&) { return false; });
  }));
  CHECK(cancelled(
      [&] { (void)backend->prepare(plain_objects()[1], [](const Progress&) { return false; }); }));
  CHECK(cancelled([&] {
    (void)make_neural_pose_backend(
        test::synthetic_options(), [](const Progress&) { return false; }, test::tiny_config());
  }));
  CHECK_THROWS_AS((void)estimate(backend, prepared_objects(), detections,
                                 [](const Progress&) -> bool { throw 7; }),
                  int);
}

TEST_CASE("a model says what it is") {
  NeuralPoseOptions options = test::synthetic_options();
  options.precision = Precision::kBFloat16;
  const ModelReport small = tiny(options)->models().at(0);
  const ModelReport large = tiny()->models().at(0);
  CHECK(large.network == "pem");
  CHECK(large.source == options.weights->source());
  CHECK(large.hash.size() == 16);
  CHECK(large.precision == Precision::kFloat32);
  CHECK(large.load_seconds > 0);
  CHECK(large.bytes > 100'000);
  CHECK(small.precision == Precision::kBFloat16);
  CHECK(small.bytes < large.bytes);
}

TEST_CASE("with the reference's quirks a score of exactly the least one is too low") {
  CropSettings settings;
  settings.points = 64;
  settings.min_detection_score = 0.8F;  // the detection's
  const std::vector<Detection> detections = {picture().detection(0, kFlat)};
  std::vector<PoseResult> results(1);
  results[0].detection = detections[0];
  const auto count = [&] {
    return crop_detections(picture().frame(), plain_objects(), detections, settings, results)
        .size();
  };
  CHECK(count() == 1);
  settings.reference_quirks = true;
  CHECK(count() == 0);
  CHECK(results[0].reason == NoPoseReason::kLowScore);
}

TEST_CASE("the distance test is that of the benchmark's loader, or of the reference's example") {
  TriangleMesh mesh = test::box({0.10F, 0.06F, 0.03F}, 2);
  for (Eigen::Vector3f& vertex : mesh.vertices_m) vertex.x() += 1;  // the CAD origin is elsewhere
  OnboardOptions options;
  options.render_views = false;
  const ObjectModel object = ObjectModel::onboard(1, mesh, options);
  CHECK(reach_m(object, false) ==
        doctest::Approx(0.6 * std::hypot(0.10, 0.06, 0.03)).epsilon(0.01));
  CHECK(reach_m(object, true) == doctest::Approx(1.2 * 1.05).epsilon(0.01));
}

}  // namespace
}  // namespace sam6d
