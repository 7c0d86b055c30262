#include <limits>
#include <vector>

#include <ATen/ops/eye.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "neural/appearance_scores.hpp"
#include "neural/final_scores.hpp"
#include "neural/geometric_scores.hpp"
#include "neural/semantic_scores.hpp"
#include "scoring_golden.hpp"
#include "support/errors.hpp"

namespace sam6d::test {
namespace {

constexpr float kNaN = std::numeric_limits<float>::quiet_NaN();

Golden golden() { return Golden(std::string(SAM6D_TEST_DATA) + "/ism/scoring.safetensors"); }

/// A picture that is one metre away everywhere.
struct FlatPicture {
  Image<float> depth_m{64, 48, 1.0F};
  Image<Rgb8> rgb{64, 48};
  CameraIntrinsics camera{100, 100, 31.5, 23.5, 64, 48};
  [[nodiscard]] Frame frame() const { return {rgb.view(), depth_m.view(), camera, {}}; }
};

Proposal rectangle(const Box& box, float weight = 1) {
  return {box, box, Image<float>(box.width(), box.height(), weight), 1};
}

const std::vector<Eigen::Vector3f> kCube = [] {
  std::vector<Eigen::Vector3f> points;
  for (const float x : {-0.1F, 0.1F}) {
    for (const float y : {-0.1F, 0.1F}) {
      for (const float z : {-0.1F, 0.1F}) points.emplace_back(x, y, z);
    }
  }
  return points;
}();

TEST_CASE("semantic scores are the reference's") { check_semantic_scores(golden()); }

TEST_CASE("appearance and visibility are the reference's") {
  const Golden data = golden();
  check_appearance_scores(data, to_rows(data["appe.row"]), data["appe.query"],
                          data["appe.reference"]);
}

TEST_CASE("places, projections and their overlap are the reference's") {
  const Golden data = golden();
  check_geometric_scores(data, to_rows(data["row"]), data["geo.masks_x16"].to(at::kFloat).div(16),
                         data["geo.rotations"], data["geo.boxes"]);
}

TEST_CASE("the final score is the reference's, with its fault and without") {
  check_final_scores(golden());
}

TEST_CASE("a box that is missed takes the score from all only with reference quirks") {
  const Golden data(std::string(SAM6D_TEST_DATA) + "/ism/box_iou.safetensors");
  std::vector<Box> a;
  std::vector<Box> b;
  for (std::int64_t i = 0; i < data["a"].size(0); ++i) {
    const auto box = [&](const char* name) {
      const auto* const v = data[name].data_ptr<std::int64_t>() + 4 * i;
      return Box{static_cast<int>(v[0]), static_cast<int>(v[1]), static_cast<int>(v[2]),
                 static_cast<int>(v[3])};
    };
    a.push_back(box("a"));
    b.push_back(box("b"));
  }
  const auto each = paired_iou(a, b, false);
  for (std::size_t i = 0; i < each.size(); ++i) {
    CHECK(each[i] == doctest::Approx(data["iou_each_row"].data_ptr<float>()[i]).epsilon(1e-6));
  }
  for (const float iou : paired_iou(a, b, true)) CHECK(iou == 0);
  CHECK(paired_iou({}, {}, true).empty());
}

TEST_CASE("no and one proposal are scored like any number") {
  const at::Tensor views = at::eye(4, at::kFloat);
  const std::vector<at::Tensor> objects{views};
  CHECK(match_semantically(at::zeros({0, 4}, at::kFloat), objects, {}).empty());
  const auto one = match_semantically(views.narrow(0, 2, 1), objects,
                                      {ViewAggregation::kMeanOfBest, 5, 0.2F, 1});
  REQUIRE(one.size() == 1);
  // Fewer views than are averaged: all of them.
  CHECK(one[0] == SemanticMatch{0, 0, 2, 0.25F});
  CHECK(score_appearances(at::zeros({0, 9, 4}, at::kFloat), objects, {}, {}).empty());
  CHECK(score_geometry({}, FlatPicture().frame(), {}).empty());
}

TEST_CASE("descriptors that are no numbers match nothing") {
  at::Tensor proposals = at::eye(4, at::kFloat).clone();
  proposals.select(0, 1).fill_(kNaN);
  const std::vector<at::Tensor> objects{at::eye(4, at::kFloat)};
  const auto matches = match_semantically(proposals, objects, {ViewAggregation::kMax, 5, 0.2F, 1});
  REQUIRE(matches.size() == 3);
  CHECK(matches[1].proposal == 2);
  const ValidPatches broken = only_valid(at::ones({3, 4}, at::kFloat).mul(kNaN));
  const AppearanceScore score = score_appearance(broken, only_valid(objects[0]), {});
  CHECK(score.appearance == 0);
  CHECK(score.visible == 0);
}

TEST_CASE("descriptors of another network are refused") {
  const std::vector<at::Tensor> objects{at::eye(4, at::kFloat), at::eye(5, at::kFloat)};
  check_error([&] { (void)match_semantically(objects[0], objects, {}); },
              ErrorCode::kInvalidArgument, "object 1");
}

TEST_CASE("template patches that nothing resembles count as hidden, but for reference quirks") {
  // The proposal shows the first of two patches; the other is its opposite.
  at::Tensor proposal = at::zeros({4, 2}, at::kFloat);
  proposal[0][0] = 1;
  at::Tensor view = at::zeros({4, 2}, at::kFloat);
  view[0][0] = 1;
  view[1][0] = -1;
  const auto visible = [&](bool quirks) {
    return score_appearance(only_valid(proposal), only_valid(view), {0.5F, quirks, 1}).visible;
  };
  CHECK(visible(false) == doctest::Approx(0.5));
  CHECK(visible(true) == doctest::Approx(1.0));
}

TEST_CASE("soft edges of a mask weigh less, and are not nearer, but for reference quirks") {
  const FlatPicture picture;
  const Proposal soft = rectangle({20, 10, 40, 30}, 0.5F);
  CHECK(mean_point_m(soft, picture.frame(), false)->z() == doctest::Approx(1.0));
  CHECK(mean_point_m(soft, picture.frame(), true)->z() == doctest::Approx(0.5));
}

TEST_CASE("a proposal without depth is judged by its looks, but for reference quirks") {
  FlatPicture picture;
  picture.depth_m = Image<float>(64, 48, kNaN);
  const Proposal proposal = rectangle({20, 10, 40, 30});
  const GeometricQuery query{&proposal, kCube};
  const auto own = score_geometry({&query, 1}, picture.frame(), {});
  CHECK_FALSE(own[0].has_value());
  CHECK(final_score(0.6F, {0.4F, 0.9F}, own[0]) == doctest::Approx(0.5));
  CHECK(score_geometry({&query, 1}, picture.frame(), {true, 1})[0].has_value());
}

TEST_CASE("points behind the camera and beside the picture are not seen, but for quirks") {
  const CameraIntrinsics camera = FlatPicture().camera;
  const auto box = [&](const Eigen::Vector3d& at_m, bool quirks) {
    return projected_box(kCube, Eigen::Matrix3d::Identity(), at_m, camera, quirks);
  };
  CHECK(box({0, 0, -1}, false).empty());
  CHECK_FALSE(box({0, 0, -1}, true).empty());
  CHECK(box({5, 0, 1}, false).empty());
  CHECK(box({5, 0, 1}, true).x0 == 63);
  // 0.2 m at 0.9 .. 1.1 m: 11.1 px to either side of 31.5 and 23.5, ends included.
  CHECK(box({0, 0, 1}, false) == Box{20, 12, 44, 36});
  CHECK(box({0, 0, 1}, true) == Box{20, 12, 42, 34});
}

TEST_CASE("extents that reach over the picture, and empty ones, are measured inside of it") {
  const FlatPicture picture;
  const auto mean = mean_point_m(rectangle({-30, -30, 100, 100}), picture.frame(), false);
  REQUIRE(mean);
  CHECK(mean->norm() == doctest::Approx(1.0));
  CHECK_FALSE(mean_point_m(Proposal{}, picture.frame(), false));
}

}  // namespace
}  // namespace sam6d::test
