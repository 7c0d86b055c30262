#include "sam6d/pipeline.hpp"

#include <algorithm>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include "sam6d/evaluate.hpp"
#include "scenes/demo_scene.hpp"
#include "scenes/scene.hpp"

namespace sam6d {
namespace {

// The usual bound of a correct pose, of the diameter. ADD-S rather than MSSD: a mug whose handle
// hides behind it looks the same at many turns about its axis, and no method can tell them apart.
constexpr double kMaxAdi = 0.1;
// Below this share of the silhouette an instance may be missed.
constexpr double kClearlyVisible = 0.8;

struct World {
  scenes::DemoScene demo = scenes::make_demo_scene(5);
  scenes::ScenePicture picture = scenes::take_picture(demo.scene);
  std::vector<ObjectModel> objects;

  World() {
    for (std::size_t i = 0; i < demo.objects.size(); ++i) {
      OnboardOptions options;
      options.name = demo.objects[i].name;
      options.symmetries = demo.objects[i].symmetries;
      options.render_views = false;
      objects.push_back(
          ObjectModel::onboard(static_cast<ObjectId>(i) + 1, demo.objects[i].mesh, options));
    }
  }
};

const World& world() {
  static const World shared;
  return shared;
}

bool is_right(const ObjectModel& object, const Pose& pose, const scenes::InstanceTruth& truth) {
  return adi_m(object.mesh().vertices_m, pose.cam_from_obj, truth.cam_from_obj) <
         kMaxAdi * object.diameter_m();
}

TEST_CASE("poses of clearly visible instances are right, and wrong ones score low") {
  const PipelineResult result = Pipeline().run(world().picture.frame(), world().objects);
  REQUIRE(result.poses.size() == result.detections.size());
  const auto right = [&](const PoseResult& found, const scenes::InstanceTruth& truth) {
    const ObjectModel& object =
        world().objects[static_cast<std::size_t>(found.detection.object - 1)];
    return found.detection.object == truth.obj_id && found.pose &&
           is_right(object, *found.pose, truth);
  };
  for (const scenes::InstanceTruth& truth : world().picture.instances) {
    if (truth.visib_fract < kClearlyVisible) continue;
    CAPTURE(truth.obj_id);
    CHECK(std::any_of(result.poses.begin(), result.poses.end(),
                      [&](const PoseResult& found) { return right(found, truth); }));
  }
  for (const PoseResult& found : result.poses) {
    if (!found.pose || found.pose->score < 0.9F) continue;
    const auto& truths = world().picture.instances;
    CHECK(std::any_of(truths.begin(), truths.end(),
                      [&](const scenes::InstanceTruth& truth) { return right(found, truth); }));
  }
}

TEST_CASE("seconds are given per stage") {
  const PipelineResult result = Pipeline().run(world().picture.frame(), world().objects);
  REQUIRE(result.seconds.size() == 2);
  CHECK(result.seconds[0].stage == "segment");
  CHECK(result.seconds[1].stage == "pose");
  CHECK(result.total_seconds >= result.seconds[0].seconds + result.seconds[1].seconds);
}

TEST_CASE("one pipeline serves several threads with the same results") {
  const Pipeline pipeline;
  std::vector<PipelineResult> results(3);
  {
    std::vector<std::jthread> threads;
    for (PipelineResult& result : results) {
      threads.emplace_back(
          [&] { result = pipeline.run(world().picture.frame(), world().objects); });
    }
  }
  for (const PipelineResult& result : results) {
    REQUIRE(result.poses.size() == results[0].poses.size());
    for (std::size_t i = 0; i < result.poses.size(); ++i) {
      REQUIRE(result.poses[i].pose.has_value() == results[0].poses[i].pose.has_value());
      if (!result.poses[i].pose) continue;
      CHECK(result.poses[i].pose->cam_from_obj.matrix() ==
            results[0].poses[i].pose->cam_from_obj.matrix());
    }
  }
}

TEST_CASE("a picture without depth has no objects") {
  const Image<float> nothing(world().picture.camera.width, world().picture.camera.height, 0.0F);
  Frame frame = world().picture.frame();
  frame.depth_m = nothing.view();
  const PipelineResult result = Pipeline().run(frame, world().objects);
  CHECK(result.detections.empty());
  CHECK(result.poses.empty());
}

}  // namespace
}  // namespace sam6d
