// What the reference stops at, or gives a list of nothing for, by its own list of such cases.

#include <algorithm>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include <ATen/ops/eye.h>
#include <ATen/ops/isfinite.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "neural/appearance_scores.hpp"
#include "neural/descriptors.hpp"
#include "neural/detection_choice.hpp"
#include "neural/geometric_scores.hpp"
#include "neural/proposal_scores.hpp"
#include "support/golden.hpp"
#include "support/shared_data.hpp"
#include "support/tiny_dinov2.hpp"

namespace sam6d::test {
namespace {

constexpr int kSide = 320;

/// Noise, one metre away.
struct Scene {
  Image<Rgb8> rgb{kSide, kSide};
  Image<float> depth_m{kSide, kSide, 1.0F};
  CameraIntrinsics camera{300, 300, 159.5, 159.5, kSide, kSide};

  Scene() {
    const at::Tensor noise = formula_tensor("scene", {3, kSide * kSide}).add(0.1).mul(1275);
    for (std::size_t i = 0; i < rgb.size(); ++i) {
      const auto at = [&](std::size_t channel) {
        return static_cast<std::uint8_t>(noise.data_ptr<float>()[channel * rgb.size() + i]);
      };
      rgb.data()[i] = {at(0), at(1), at(2)};
    }
  }
  [[nodiscard]] Frame frame() const { return {rgb.view(), depth_m.view(), camera, {}}; }
};

Proposal rectangle(const Box& box) {
  return {box, box, Image<float>(std::max(box.width(), 0), std::max(box.height(), 0), 1), 1};
}

const Box kSquare{100, 110, 180, 190};

/// An object whose first view looks like the square does.
ViewedObject object_in(const Scene& scene) {
  const std::vector<Proposal> views = {rectangle(kSquare), rectangle({10, 10, 60, 90}),
                                       rectangle({200, 200, 300, 230})};
  ViewedObject object;
  object.views = describe(tiny_dinov2(), scene.rgb.view(), views);
  object.rotations.assign(3, Eigen::Matrix3d::Identity());
  for (const float x : {-0.13F, 0.13F}) {
    for (const float y : {-0.13F, 0.13F}) object.points_m.emplace_back(x, y, 0);
  }
  return object;
}

std::vector<Detection> found_in(const Scene& scene, const ViewedObject& object,
                                const std::vector<Proposal>& proposals, bool quirks) {
  const std::vector<const ViewedObject*> objects{&object};
  ScoreSettings settings;
  settings.reference_quirks = quirks;
  const Descriptors descriptors = describe(tiny_dinov2(), scene.rgb.view(), proposals);
  CHECK(at::isfinite(descriptors.cls).all().item<bool>());
  std::vector<ProposalScore> scores = score_looks(descriptors, 0, objects, settings);
  score_places(scene.frame(), proposals, objects, settings, scores);
  ChoiceSettings choice;
  choice.reference_quirks = quirks;
  return choose_detections(proposals, scores, std::vector<ObjectId>{7}, choice);
}

/// Each case of the reference's, and what stands here in its place.
std::map<std::string, std::function<void(bool quirks)>> answers() {
  static const Scene scene;
  static const ViewedObject object = object_in(scene);
  const std::vector<at::Tensor> views{at::eye(4, at::kFloat).narrow(0, 0, 3)};
  const auto alone = [](const Box& box) {
    return [box](bool quirks) {
      const std::vector<Proposal> one{rectangle(box)};
      const std::size_t found = found_in(scene, object, one, quirks).size();
      CHECK(found <= 1);
      if (box.empty() && !quirks) CHECK(found == 0);
      // Others are found beside it as they are without it.
      const std::vector<Proposal> two{one[0], rectangle(kSquare)};
      const std::vector<Detection> detections = found_in(scene, object, two, quirks);
      const auto square = std::ranges::find_if(
          detections, [](const Detection& detection) { return detection.box_px == kSquare; });
      REQUIRE(square != detections.end());
      CHECK(square->object == 7);
      if (quirks) return;  // then one box may take the geometric score from all
      CHECK(square->score ==
            doctest::Approx(found_in(scene, object, {two[1]}, false).at(0).score).epsilon(1e-4));
    };
  };
  return {
      {"compute_semantic_score with 0 queries",
       [views](bool) {
         CHECK(match_semantically(at::zeros({0, 4}, at::kFloat), views, {}).empty());
       }},
      {"nothing above the threshold",
       [views](bool) {
         CHECK(match_semantically(at::eye(4, at::kFloat).narrow(0, 3, 1), views, {}).empty());
       }},
      {"compute_straight with 0",
       [views](bool quirks) {
         CHECK(score_appearances(at::zeros({0, 9, 4}, at::kFloat), views, {}, {0.5F, quirks, 1})
                   .empty());
       }},
      {"compute_visible_ratio with 0",
       [](bool quirks) {
         const ValidPatches none = only_valid(at::zeros({9, 4}, at::kFloat));
         const AppearanceScore score = score_appearance(none, none, {0.5F, quirks, 1});
         CHECK(score.appearance == 0);
         CHECK(score.visible == 0);
       }},
      {"compute_iou with 0 rows", [](bool quirks) { CHECK(paired_iou({}, {}, quirks).empty()); }},
      {"project_template_to_image with 1 proposal",
       [](bool quirks) {
         const auto found = found_in(scene, object, {rectangle(kSquare)}, quirks);
         REQUIRE(found.size() == 1);
         CHECK(found[0].score > 0.8F);
       }},
      {"project_template_to_image with 0 proposals",
       [](bool quirks) {
         CHECK(score_geometry({}, scene.frame(), {quirks, 1}).empty());
         CHECK(found_in(scene, object, {}, quirks).empty());
       }},
      {"nms_per_object with 0",
       [](bool quirks) {
         CHECK(suppressed_per_object({}, 0.25F).empty());
         ChoiceSettings settings;
         settings.nms_iou = 0.25F;
         settings.reference_quirks = quirks;
         CHECK(choose_detections({}, {}, {}, settings).empty());
       }},
      {"avg_5 with 3 templates",
       [views](bool) {
         const auto matches = match_semantically(at::eye(4, at::kFloat).narrow(0, 1, 1), views, {});
         REQUIRE(matches.size() == 1);
         CHECK(matches[0].score == doctest::Approx(1.0 / 3));
       }},
      {"crop: box of zero width", alone({50, 50, 50, 70})},
      {"crop: zero size box", alone({50, 50, 50, 50})},
      {"crop: 1 x 300 box", alone({50, 10, 51, 310})},
      {"crop: 1 x 225 box", alone({50, 10, 51, 235})},
      {"crop: 1 x 224 box", alone({50, 10, 51, 234})},
  };
}

TEST_CASE("where the reference stops there is an answer, and no other proposal is lost") {
  const auto path = shared_data("goldens/ism/edge_cases.json");
  if (!path) return;
  std::ifstream stream(*path);
  const auto cases = nlohmann::json::parse(stream);
  const auto ours = answers();
  CHECK(cases.size() == ours.size());
  for (const auto& theirs : cases.items()) {
    const std::string& name = theirs.key();
    CAPTURE(name);
    REQUIRE(ours.contains(name));
    for (const bool quirks : {false, true}) {
      CAPTURE(quirks);
      ours.at(name)(quirks);
    }
  }
}

}  // namespace
}  // namespace sam6d::test
