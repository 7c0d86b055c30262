#include "sam6d/segmenter.hpp"

#include <algorithm>
#include <vector>

#include <doctest/doctest.h>

#include "sam6d/error.hpp"
#include "scenes/demo_scene.hpp"
#include "scenes/procedural_meshes.hpp"
#include "scenes/scene.hpp"

namespace sam6d {
namespace {

// Masks are drawn from the decimated model at the found pose; their rims differ by a pixel or two.
constexpr double kMinMaskIou = 0.75;
// Below this share of the silhouette an instance may be missed.
constexpr double kClearlyVisible = 0.6;

struct World {
  scenes::DemoScene demo = scenes::make_demo_scene(3);
  scenes::ScenePicture picture = scenes::take_picture(demo.scene);
  std::vector<ObjectModel> objects;

  World() {
    for (std::size_t i = 0; i < demo.objects.size(); ++i) {
      objects.push_back(onboard(static_cast<ObjectId>(i) + 1, demo.objects[i]));
    }
  }

  static ObjectModel onboard(ObjectId id, const scenes::ShapeModel& shape) {
    OnboardOptions options;
    options.name = shape.name;
    options.symmetries = shape.symmetries;
    options.render_views = false;
    return ObjectModel::onboard(id, shape.mesh, options);
  }
};

const World& world() {
  static const World shared;
  return shared;
}

double best_iou(const std::vector<Detection>& detections, const scenes::InstanceTruth& truth) {
  double best = 0;
  for (const Detection& detection : detections) {
    if (detection.object == truth.obj_id) {
      best = std::max(best, mask_iou(detection.mask, truth.mask_visib));
    }
  }
  return best;
}

TEST_CASE("clearly visible instances are found with their masks, several of one object too") {
  const Segmenter segmenter{GeometricSegmenterOptions{}};
  const std::vector<Detection> detections =
      segmenter.segment(world().picture.frame(), world().objects);
  for (const scenes::InstanceTruth& truth : world().picture.instances) {
    if (truth.visib_fract < kClearlyVisible) continue;
    CAPTURE(truth.obj_id);
    CAPTURE(truth.visib_fract);
    CHECK(best_iou(detections, truth) >= kMinMaskIou);
  }
  for (const Detection& detection : detections) {
    CHECK(detection.box_px == detection.mask.box());
    CHECK(detection.cam_from_obj_guess.has_value());
    CHECK(detection.score >= GeometricSegmenterOptions{}.min_score);
    CHECK(detection.score <= 1.0F);
  }
  CHECK(std::is_sorted(detections.begin(), detections.end(),
                       [](const Detection& a, const Detection& b) { return a.score > b.score; }));
}

TEST_CASE("an object that is not in the picture gives no detection") {
  const ObjectModel absent =
      World::onboard(9, scenes::make_shape(scenes::ShapeKind::kSpanner, 0.15, 77));
  const Segmenter segmenter{GeometricSegmenterOptions{}};
  CHECK(segmenter.segment(world().picture.frame(), std::vector{absent}).empty());
}

TEST_CASE("the number of instances of one object can be limited") {
  GeometricSegmenterOptions options;
  options.max_instances_per_object = 1;
  const std::vector<Detection> detections =
      Segmenter(options).segment(world().picture.frame(), world().objects);
  for (const ObjectModel& object : world().objects) {
    CHECK(std::count_if(detections.begin(), detections.end(), [&](const Detection& detection) {
            return detection.object == object.id();
          }) <= 1);
  }
}

TEST_CASE("the result does not depend on the number of threads") {
  GeometricSegmenterOptions one;
  one.search.threads = 1;
  GeometricSegmenterOptions three;
  three.search.threads = 3;
  const auto a = Segmenter(one).segment(world().picture.frame(), world().objects);
  const auto b = Segmenter(three).segment(world().picture.frame(), world().objects);
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i].object == b[i].object);
    CHECK(a[i].score == b[i].score);
    CHECK(a[i].mask == b[i].mask);
    CHECK(a[i].cam_from_obj_guess->matrix() == b[i].cam_from_obj_guess->matrix());
  }
}

TEST_CASE("a region of interest keeps the search inside") {
  Frame frame = world().picture.frame();
  frame.roi = Roi{0, 0, frame.camera.width / 2, frame.camera.height};
  const Segmenter segmenter{GeometricSegmenterOptions{}};
  for (const Detection& detection : segmenter.segment(frame, world().objects)) {
    CHECK(detection.box_px.x0 < frame.roi->x1);
  }
}

TEST_CASE("bad arguments are refused, nothing asked for is nothing found") {
  const Segmenter segmenter{GeometricSegmenterOptions{}};
  CHECK(segmenter.segment(world().picture.frame(), {}).empty());
  const std::vector<ObjectModel> twice{world().objects[0], world().objects[0]};
  CHECK_THROWS_AS((void)segmenter.segment(world().picture.frame(), twice), Error);
  Frame small = world().picture.frame();
  small.depth_m.width -= 1;
  CHECK_THROWS_AS((void)segmenter.segment(small, world().objects), Error);
  GeometricSegmenterOptions options;
  options.min_score = 1.5F;
  CHECK_THROWS_AS(Segmenter{options}, Error);
  options = {};
  options.max_instances_per_object = -1;
  CHECK_THROWS_AS(Segmenter{options}, Error);
}

TEST_CASE("the caller can cancel at every step") {
  const Segmenter segmenter{GeometricSegmenterOptions{}};
  for (int allowed = 0; allowed < 3; ++allowed) {
    int calls = 0;
    try {
      (void)segmenter.segment(world().picture.frame(), world().objects,
                              [&](const Progress&) { return calls++ < allowed; });
      FAIL("expected an error");
    } catch (const Error& error) {
      CHECK(error.code() == ErrorCode::kCancelled);
    }
  }
}

}  // namespace
}  // namespace sam6d
