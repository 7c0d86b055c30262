#include "pose/resting.hpp"

#include <algorithm>

#include <doctest/doctest.h>
#include <Eigen/Geometry>

#include "object/object_data.hpp"
#include "pose/made_scene.hpp"

namespace sam6d {
namespace {

constexpr float kMostOff = 0.02F;        // rad-like: 1 - cosine is below it squared
constexpr float kMostHeightOff = 0.03F;  // share of the height; the mesh is decimated

}  // namespace

TEST_CASE("a box rests on its six faces") {
  const scenes::ShapeModel box = scenes::make_shape(scenes::ShapeKind::kPlainBox, 0.16, 5, 8);
  const ObjectModel object = test::onboarded(1, box);
  const GeometricFeatures& features = object.data().geometric;
  const std::vector<Eigen::Vector3f> rests = resting_directions(features);
  REQUIRE(rests.size() == 6);
  Eigen::AlignedBox3f bounds;
  for (const Eigen::Vector3f& vertex : box.mesh.vertices_m) bounds.extend(vertex);
  Eigen::Vector3f half = 0.5F * bounds.sizes();
  std::sort(half.data(), half.data() + 3);
  for (std::size_t i = 0; i < rests.size(); ++i) {
    CAPTURE(i);
    CHECK(rests[i].cwiseAbs().maxCoeff() > 1.0F - kMostOff);
    CHECK(rest_height_m(features, rests[i]) ==
          doctest::Approx(half[static_cast<Eigen::Index>(i / 2)]).epsilon(kMostHeightOff));
  }
}

TEST_CASE("a flange nut rests flat first of all") {
  const ObjectModel object =
      test::onboarded(2, scenes::make_shape(scenes::ShapeKind::kFlangeNut, 0.08, 5, 32));
  const std::vector<Eigen::Vector3f> rests = resting_directions(object.data().geometric);
  REQUIRE_FALSE(rests.empty());
  CHECK(std::abs(rests.front().z()) > 1.0F - kMostOff);
}

TEST_CASE("even directions are unit vectors that cancel out") {
  constexpr float kMostMean = 0.01F;
  Eigen::Vector3f sum = Eigen::Vector3f::Zero();
  const std::vector<Eigen::Vector3f> all = even_directions(200);
  for (const Eigen::Vector3f& direction : all) {
    CHECK(direction.norm() == doctest::Approx(1.0));
    sum += direction;
  }
  CHECK(all.size() == 200);
  CHECK(sum.norm() / 200.0F < kMostMean);
}

}  // namespace sam6d
