#include "sam6d/bop_results.hpp"
#include "sam6d/dataset.hpp"
#include "support/shared_data.hpp"

namespace sam6d {
namespace {

using test::shared_data;

TEST_CASE("the synthetic scenes are read") {
  const auto folder = shared_data("scenes");
  if (!folder) return;
  const BopDataset dataset = open_dataset(*folder, "test");
  REQUIRE(dataset.scene_ids == std::vector<int>{1});
  CHECK(dataset.objects.size() == 4);
  CHECK(dataset.objects.at(2).symmetries.discrete.size() == 5);
  CHECK(dataset.objects.at(4).symmetries.continuous.size() == 1);
  CHECK(dataset.names.at(4) == "vase");
  const BopScene scene = load_scene(dataset, 1);
  REQUIRE(scene.images.size() == 3);
  CHECK(scene.images[0].camera.intrinsics.width == 640);
  for (const BopImage& image : scene.images) {
    const FrameData frame = load_bop_frame(image);
    CHECK(frame.camera.height == 480);
    for (const BopInstance& instance : scene.by_image.at(image.im_id)) {
      const Mask mask = load_bop_mask(image, instance.index);
      CHECK(mask.area() == instance.px_count_visib);
      CHECK(mask.box() == instance.box_visib_px);
      std::int64_t valid = 0;
      for (int y = mask.box().y0; y < mask.box().y1; ++y) {
        for (int x = mask.box().x0; x < mask.box().x1; ++x) {
          valid += mask.at(x, y) && frame.depth_m(x, y) > 0 ? 1 : 0;
        }
      }
      CHECK(valid == instance.px_count_valid);
    }
  }
  // The list agrees with what follows from the truths.
  const std::vector<Target> listed = load_targets(dataset);
  std::vector<GroundTruthPose> truths;
  for (const auto& [im_id, instances] : scene.by_image) {
    for (const BopInstance& instance : instances) truths.push_back(instance.pose);
  }
  CHECK(listed.size() == targets_of(truths).size());
}

TEST_CASE("a results file of the official toolkit's kind is read") {
  const auto path = shared_data("goldens/bop_metrics/results_public-test.csv");
  if (!path) return;
  const std::vector<EstimatedPose> poses = load_bop_results(*path);
  CHECK(poses.size() > 10);
  CHECK(poses[0].score == 0.86);
  CHECK(poses[0].cam_from_obj.translation().z() == doctest::Approx(0.674176416));
  CHECK(poses[0].seconds == 1.5);
}

TEST_CASE("the real picture is read") {
  const auto folder = shared_data("example");
  if (!folder) return;
  const FrameData frame =
      load_frame(*folder / "rgb.png", *folder / "depth.png", *folder / "camera.json");
  CHECK(frame.camera.width == 640);
  CHECK(frame.camera.fx == 572.4114);
}

}  // namespace
}  // namespace sam6d
