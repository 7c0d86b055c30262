#include "pose/twins.hpp"

#include <doctest/doctest.h>

#include "pose/made_scene.hpp"

namespace sam6d {
namespace {

constexpr float kSure = 0.9F;
constexpr float kUnsure = 0.65F;
constexpr float kMostUneven = 0.2F;

struct MugScene {
  scenes::ShapeModel mug = scenes::make_shape(scenes::ShapeKind::kMug, 0.13, 12, 32);
  ObjectModel object = test::onboarded(1, mug);
  test::MadeScene scene;
  GeometricSearchOptions options;
  RigidTransform truth;

  explicit MugScene(double turn_rad) {
    options.threads = 1;
    truth = test::standing(mug.mesh, 0, 0.05, turn_rad);
    scene = test::make_scene({mug.mesh}, {truth}, true, 4);
  }
  /// The true pose and one turned about the mug's axis, as a search of shape alone would give them.
  std::vector<Hypothesis> hypotheses(const PreparedFrame& frame, double turn_rad) const {
    GeometricSearchOptions shape = options;
    shape.use_color = false;
    RigidTransform turned = truth;
    turned.linear() =
        truth.linear() * Eigen::AngleAxisd(turn_rad, Eigen::Vector3d::UnitZ()).toRotationMatrix();
    std::vector<Hypothesis> result;
    for (const RigidTransform& pose : {truth, turned}) {
      const std::optional<Hypothesis> hypothesis = refine_pose(frame, object, pose, shape);
      REQUIRE(hypothesis);
      result.push_back(*hypothesis);
      result.back().cam_from_obj = pose;
      result.back().presence = 0.98F;
    }
    return result;
  }
};

}  // namespace

TEST_CASE("a visible handle tells a mug's turns apart") {
  const MugScene made(1.2);
  const PreparedFrame frame(made.scene.frame(), made.options);
  const SceneView scene(frame.features(), made.object.data().geometric.diameter_m, nullptr);
  std::vector<Hypothesis> poses = made.hypotheses(frame, 2.0);
  // Equal by F: what is left to tell them is the depth of the handle.
  poses[0].raw_score = poses[1].raw_score = 0.9F;
  settle_twins(scene, made.object.data(), poses);
  CHECK(poses[0].cam_from_obj.matrix() == made.truth.matrix());
  CHECK(poses[0].probability > kSure);
  CHECK(poses[1].probability < 1 - kSure);
  CHECK(poses[1].presence == poses[0].presence);
}

TEST_CASE("poses that explain the picture alike share their place's presence") {
  const MugScene made(1.2);
  const PreparedFrame frame(made.scene.frame(), made.options);
  const SceneView scene(frame.features(), made.object.data().geometric.diameter_m, nullptr);
  std::vector<Hypothesis> poses = made.hypotheses(frame, 0.001);
  poses[0].raw_score = poses[1].raw_score = 0.9F;
  settle_twins(scene, made.object.data(), poses);
  CHECK(poses[0].probability < kUnsure);
  CHECK(poses[0].probability - poses[1].probability < kMostUneven);
  CHECK(poses[0].probability + poses[1].probability == doctest::Approx(poses[0].presence));
}

TEST_CASE("poses of different places do not share") {
  const MugScene made(1.2);
  const PreparedFrame frame(made.scene.frame(), made.options);
  const SceneView scene(frame.features(), made.object.data().geometric.diameter_m, nullptr);
  std::vector<Hypothesis> poses = made.hypotheses(frame, 2.0);
  poses[1].cam_from_obj.translation().x() += made.object.diameter_m();
  poses[1].presence = 0.4F;
  settle_twins(scene, made.object.data(), poses);
  CHECK(poses[0].probability == 0.98F);
  CHECK(poses[1].probability == 0.4F);
}

}  // namespace sam6d
