#include "neural/proposal_gating.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include <doctest/doctest.h>

#include "neural/depth_survey.hpp"
#include "neural/object_size.hpp"
#include "scenes/demo_scene.hpp"
#include "scenes/scene.hpp"
#include "support/shapes.hpp"
#include "tiny_network.hpp"

namespace sam6d::test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();
constexpr double kTargetVisible = 0.1;  // of the silhouette, as BOP's targets

ObjectSize size_of(double diameter_m, double silhouette_m2) {
  return {diameter_m, 0.3 * diameter_m, 0.5 * silhouette_m2, silhouette_m2};
}

Proposal to_proposal(const Mask& mask) {
  const Mask own = mask.cropped();
  Proposal proposal{own.box(), own.box(), Image<float>(own.box().width(), own.box().height()), 1};
  for (std::size_t i = 0; i < own.pixels().size(); ++i) {
    proposal.weights.data()[i] = own.pixels()[i] != 0 ? 1.0F : 0.0F;
  }
  return proposal;
}

Proposal rectangle(const Box& box) {
  return {box, box, Image<float>(box.width(), box.height(), 1.0F), 1};
}

/// A wall that the camera looks at from a metre; a pixel is a hundredth of a metre.
struct WallPicture {
  Image<float> depth_m{160, 120, 1.0F};
  Image<Rgb8> rgb{160, 120};
  CameraIntrinsics camera{100, 100, 79.5, 59.5, 160, 120};
  DepthSurvey nothing{Image<PixelKind>(160, 120, PixelKind::kOther), 1};
  [[nodiscard]] Frame frame() const { return {rgb.view(), depth_m.view(), camera, {}}; }
};

TEST_CASE("an object's sizes are those of its shape") {
  const ObjectSize size = measure_object(box_object(1, {0.10F, 0.06F, 0.03F}));
  CHECK(size.diameter_m == doctest::Approx(0.1204).epsilon(0.001));
  CHECK(size.thickness_m == doctest::Approx(0.03).epsilon(0.3));
  // Seen along the longest and the shortest side, as far as 42 directions come near them.
  CHECK(size.smallest_silhouette_m2 == doctest::Approx(0.06 * 0.03).epsilon(0.6));
  CHECK(size.largest_silhouette_m2 == doctest::Approx(0.10 * 0.06).epsilon(0.3));
  // Without views that see it from all around, what no shape of that diameter passes.
  const ObjectSize bound = measure_object(box_object(1, {0.10F, 0.06F, 0.03F}, false));
  CHECK(bound.smallest_silhouette_m2 == 0);
  CHECK(bound.largest_silhouette_m2 == doctest::Approx(0.0114).epsilon(0.01));
}

TEST_CASE("width and area come from the depth, outliers aside") {
  WallPicture picture;
  for (int i = 0; i < 40; ++i) picture.depth_m(30 + i, 30) = i % 2 == 0 ? 9.0F : 0.2F;
  const auto size = measure_proposal(rectangle({30, 30, 70, 50}), picture.frame(), picture.nothing);
  REQUIRE(size);
  // 40 x 20 pixels; the widths without a tenth on either side, the longest along a diagonal.
  CHECK(size->extent_m == doctest::Approx(0.33).epsilon(0.05));
  CHECK(size->area_m2 == doctest::Approx(0.08).epsilon(0.01));
  CHECK(size->support_share == 0);
}

TEST_CASE("what no object can be is gated, what has no depth is not") {
  WallPicture picture;
  const std::vector<ObjectSize> objects{size_of(0.12, 0.005), size_of(0.3, 0.04)};
  const auto reason = [&](const Proposal& proposal) {
    return gate_proposals({&proposal, 1}, picture.frame(), picture.nothing, objects, 1)[0];
  };
  CHECK(reason(rectangle({50, 50, 70, 70})) == GateReason::kNone);
  CHECK(reason(rectangle({10, 50, 150, 54})) == GateReason::kTooLong);
  CHECK(reason(rectangle({50, 50, 77, 77})) == GateReason::kTooLarge);
  CHECK(reason(rectangle({50, 50, 51, 58})) == GateReason::kNone);
  CHECK(reason(rectangle({50, 50, 51, 51})) == GateReason::kNone);  // too few pixels to say
  CHECK(reason(Proposal{}) == GateReason::kEmpty);
  CHECK(reason({{5, 5, 9, 9}, {5, 5, 9, 9}, Image<float>(4, 4), 1}) == GateReason::kEmpty);
  // Nothing at all can be too small for an object that is flat from one side.
  const std::vector<ObjectSize> large{{2.0, 0.5, 1.0, 2.0}};
  const Proposal piece = rectangle({50, 50, 60, 60});
  CHECK(gate_proposals({&piece, 1}, picture.frame(), picture.nothing, large, 1)[0] ==
        GateReason::kTooSmall);
  picture.depth_m = Image<float>(160, 120, kNaN);
  CHECK(reason(rectangle({10, 50, 150, 54})) == GateReason::kNone);
}

TEST_CASE("a support is skipped, flat things on it are not") {
  // A flat box lies on a table that is seen from above.
  const auto survey_of = [](float thickness_m, const std::vector<ObjectSize>& objects) {
    scenes::SceneDescription scene;
    scene.camera = {570, 570, 319.5, 239.5, 640, 480};
    scene.cam_from_world = scenes::look_at({0, -0.3, 0.6}, {0, 0, 0});
    RigidTransform table = RigidTransform::Identity();
    table.translation().z() = -0.02;
    scene.add(box({1.6F, 1.6F, 0.04F}, 4), table);
    RigidTransform pose = RigidTransform::Identity();
    pose.translation().z() = 0.5 * static_cast<double>(thickness_m);
    scene.add(box({0.12F, 0.08F, thickness_m}, 4), pose, 1);
    const scenes::ScenePicture picture = scenes::take_picture(scene);
    return std::pair(survey_depth(picture.frame(), objects, {}), picture.instances.at(0));
  };
  const auto share_on = [](const DepthSurvey& survey, const Mask& mask) {
    double support = 0;
    for (int y = mask.box().y0; y < mask.box().y1; ++y) {
      for (int x = mask.box().x0; x < mask.box().x1; ++x) {
        if (mask.at(x, y) && survey.at(x, y) == PixelKind::kSupport) ++support;
      }
    }
    return support / static_cast<double>(mask.area());
  };
  const auto whole_share = [](const DepthSurvey& survey) {
    const PixelKind* const first = survey.kinds.data();
    return static_cast<double>(
               std::count(first, first + survey.kinds.size(), PixelKind::kSupport)) /
           static_cast<double>(survey.kinds.size());
  };
  for (const float thickness_m : {0.03F, 0.004F}) {
    CAPTURE(thickness_m);
    const std::vector<ObjectSize> objects{
        {0.145, static_cast<double>(thickness_m), 0.0002, 0.0096}};
    const auto [survey, truth] = survey_of(thickness_m, objects);
    CHECK(share_on(survey, truth.mask_visib) < 0.15);
    CHECK(whole_share(survey) > 0.5);
    const Proposal mask = to_proposal(truth.mask_visib);
    const Box& on = truth.mask_visib.box();
    const PromptCell on_object{0.5 * (on.x0 + on.x1), 0.5 * (on.y0 + on.y1), 20, 15};
    CHECK(is_worth_a_prompt(survey, on_object));
    CHECK_FALSE(is_worth_a_prompt(survey, {40, 400, 20, 15}));
  }
  // Longer than the table: it may itself be what is looked for.
  const auto [survey, truth] = survey_of(0.03F, {{3.0, 0.05, 0.1, 2.0}});
  CHECK(whole_share(survey) == 0);
}

TEST_CASE("a picture of nothing but a plane keeps all its prompts") {
  const WallPicture picture;
  const std::vector<ObjectSize> objects{size_of(0.1, 0.005)};
  const DepthSurvey survey = survey_depth(picture.frame(), objects, {});
  CHECK(is_worth_a_prompt(survey, {80, 60, 10, 10}));
}

TEST_CASE("points without depth are worth a prompt beside what rises, and only there") {
  DepthSurvey survey{Image<PixelKind>(40, 30, PixelKind::kNoDepth), 2};
  survey.kinds(10, 10) = PixelKind::kOther;
  CHECK(is_worth_a_prompt(survey, {25, 21, 12, 12}));
  CHECK_FALSE(is_worth_a_prompt(survey, {35, 21, 12, 12}));
  CHECK_FALSE(is_worth_a_prompt(survey, {79.9, 59.9, 12, 12}));
  CHECK(is_worth_a_prompt(survey, {20, 20, 0, 0}));
}

TEST_CASE("no true mask of made scenes is lost") {
  for (const std::uint64_t seed : {1, 2, 3}) {
    CAPTURE(seed);
    const scenes::DemoScene demo = scenes::make_demo_scene(seed);
    std::vector<ObjectSize> sizes;
    for (const scenes::ShapeModel& object : demo.objects) {
      OnboardOptions options;
      options.symmetries = object.symmetries;
      options.templates.size_px = 96;
      options.surface_samples = 1000;
      sizes.push_back(measure_object(ObjectModel::onboard(1, object.mesh, options)));
    }
    const scenes::ScenePicture picture = scenes::take_picture(demo.scene);
    const DepthSurvey survey = survey_depth(picture.frame(), sizes, {});
    int checked = 0;
    for (const scenes::InstanceTruth& truth : picture.instances) {
      if (truth.obj_id == 0 || truth.visib_fract < kTargetVisible) continue;
      ++checked;
      const Proposal mask = to_proposal(truth.mask_visib);
      CHECK(gate_proposals({&mask, 1}, picture.frame(), survey, sizes, 2)[0] == GateReason::kNone);
    }
    CHECK(checked >= 3);
    // What it spares: a piece of table, the whole picture.
    const std::vector<Proposal> others{
        rectangle({0, 0, picture.camera.width, picture.camera.height})};
    CHECK(gate_proposals(others, picture.frame(), survey, sizes, 2)[0] != GateReason::kNone);
  }
}

}  // namespace
}  // namespace sam6d::test
