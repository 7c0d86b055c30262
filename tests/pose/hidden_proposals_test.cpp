#include "pose/hidden_proposals.hpp"

#include <doctest/doctest.h>

#include "pose/depthless_patches.hpp"
#include "pose/made_scene.hpp"
#include "sam6d/pose_estimator.hpp"

namespace sam6d {
namespace {

constexpr double kMostOff = 0.3;        // of the diameter: outline and plane alone are rough
constexpr float kMostPresence = 0.13F;  // what they can prove
constexpr float kLeastCovered = 0.8F;   // of the object's pixels, by the patch

/// A nut on a table, of which the sensor measured no depth.
struct NutScene {
  scenes::ShapeModel nut = scenes::make_shape(scenes::ShapeKind::kFlangeNut, 0.09, 5, 32);
  ObjectModel object;
  test::MadeScene scene;
  GeometricSearchOptions options;

  NutScene() : object(colored()) {
    options.threads = 1;
    scene = test::make_scene({nut.mesh}, {test::standing(nut.mesh, 0.05, 0.05, 0.3)}, true, 4);
    for (std::size_t i = 0; i < scene.depth_m.size(); ++i) {
      if (scene.instance.data()[i] == 0) scene.depth_m.data()[i] = 0;
    }
  }
  /// Blue, which the table is not.
  ObjectModel colored() {
    nut.mesh.vertex_colors.assign(nut.mesh.vertices_m.size(), Rgb8{40, 70, 190});
    return test::onboarded(1, nut);
  }
  [[nodiscard]] bool is_object(int x, int y) const { return scene.instance.view().at(x, y) == 0; }
};

const NutScene& nut_scene() {
  static const NutScene made;
  return made;
}

double centre_error(const NutScene& made, const RigidTransform& pose) {
  const Eigen::Vector3d center = made.object.data().geometric.center_m.cast<double>();
  return (pose * center - made.scene.poses[0] * center).norm() / made.object.diameter_m();
}

}  // namespace

TEST_CASE("pixels without depth that have the object's colours make a patch") {
  const NutScene& made = nut_scene();
  const PreparedFrame frame(made.scene.frame(), made.options);
  const GeometricFeatures& features = made.object.data().geometric;
  const SceneView scene(frame.features(), features.diameter_m, nullptr);
  DepthlessPatchOptions options;
  options.region = frame.features().region;
  const DepthlessPatches found = find_depthless_patches(scene, features, options);
  REQUIRE_FALSE(found.patches.empty());
  int inside = 0;
  int all = 0;
  for (int y = 0; y < 480; ++y) {
    for (int x = 0; x < 640; ++x) all += made.is_object(x, y) ? 1 : 0;
  }
  for (const auto& [x, y] : found.patches.front().pixels) inside += made.is_object(x, y) ? 1 : 0;
  CHECK(inside > kLeastCovered * static_cast<float>(all));
  CHECK(inside > kLeastCovered * static_cast<float>(found.patches.front().pixels.size()));

  options.region = Box{0, 0, 40, 40};
  CHECK(find_depthless_patches(scene, features, options).patches.empty());
}

TEST_CASE("an object without any depth is found by its colour, and said to be unsure") {
  const NutScene& made = nut_scene();
  const PreparedFrame frame(made.scene.frame(), made.options);
  SearchQuery query;
  query.max_instances = 1;
  const auto found = search(frame, std::span(&made.object, 1), std::span(&query, 1), made.options);
  REQUIRE_FALSE(found[0].empty());
  const Hypothesis& best = found[0].front();
  CHECK(centre_error(made, best.cam_from_obj) < kMostOff);
  CHECK(best.presence > 0);
  CHECK(best.presence < kMostPresence);
}

TEST_CASE("a mask without depth is explained by the object lying on the table") {
  const NutScene& made = nut_scene();
  Detection detection;
  detection.object = 1;
  detection.mask = Mask(Box{0, 0, 640, 480});
  for (int y = 0; y < 480; ++y) {
    for (int x = 0; x < 640; ++x) {
      if (made.is_object(x, y)) detection.mask.set(x, y);
    }
  }
  GeometricPoseOptions options;
  options.search = made.options;
  const std::vector<PoseResult> results = PoseEstimator(options).estimate(
      made.scene.frame(), std::span(&made.object, 1), std::span(&detection, 1));
  REQUIRE(results[0].pose);
  CHECK(centre_error(made, results[0].pose->cam_from_obj) < kMostOff);
  CHECK(results[0].pose->score < kMostPresence);
}

TEST_CASE("a picture without holes proposes nothing") {
  const NutScene& made = nut_scene();
  test::MadeScene whole = test::make_scene({made.nut.mesh}, {made.scene.poses[0]}, true, 4);
  const PreparedFrame frame(whole.frame(), made.options);
  const SceneView scene(frame.features(), made.object.data().geometric.diameter_m, nullptr);
  HiddenProposalOptions options;
  options.region = frame.features().region;
  CHECK(hidden_proposals(scene, made.object.data(), options).empty());
}

}  // namespace sam6d
