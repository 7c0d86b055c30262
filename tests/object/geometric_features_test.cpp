#include "object/geometric_features.hpp"

#include <cmath>
#include <numbers>

#include <doctest/doctest.h>

#include "object/view_visibility.hpp"
#include "sam6d/mesh.hpp"
#include "scenes/procedural_meshes.hpp"

namespace sam6d {
namespace {

GeometricFeatures features_of(const scenes::ShapeModel& shape) {
  return build_geometric_features(shape.mesh, diameter_m(shape.mesh), shape.symmetries, 0, 1);
}

}  // namespace

TEST_CASE("each view lists points that face it, and the look-up finds the view") {
  const GeometricFeatures features =
      features_of(scenes::make_shape(scenes::ShapeKind::kMug, 0.12, 2, 32));
  const std::vector<Eigen::Vector3f> directions = view_directions();
  REQUIRE(directions.size() == kViewCount);
  constexpr float kCellCosine = 0.97F;  // the look-up has 32 x 32 cells, views are 15 degrees apart
  for (int view = 0; view < kViewCount; ++view) {
    const Eigen::Vector3f& direction = directions[static_cast<std::size_t>(view)];
    const int found = features.view_of(direction * 0.3F);
    CHECK(directions[static_cast<std::size_t>(found)].dot(direction) > kCellCosine);
    REQUIRE(features.points_of_view(view).size() > 50);
    for (const std::uint16_t point : features.points_of_view(view)) {
      REQUIRE(features.points[point].normal.dot(direction) > 0);
    }
  }
}

TEST_CASE("points hidden by the object itself are in no view from there") {
  // The inside of a cup's bottom is not seen from below.
  const GeometricFeatures features =
      features_of(scenes::make_shape(scenes::ShapeKind::kCup, 0.12, 2, 40));
  const int from_below = features.view_of(-Eigen::Vector3f::UnitZ());
  for (const std::uint16_t point : features.points_of_view(from_below)) {
    CHECK(features.points[point].normal.z() < 0.3F);
  }
}

TEST_CASE("pair tables are whole") {
  const GeometricFeatures features =
      features_of(scenes::make_shape(scenes::ShapeKind::kBracket, 0.12, 2, 32));
  const PairTable& pairs = features.pairs;
  REQUIRE(pairs.starts.size() == PairTable::kCells + 1);
  CHECK(pairs.starts.back() == pairs.entries.size());
  CHECK(pairs.entries.size() > 10000);
  for (const PairTable::Entry& entry : pairs.entries) {
    REQUIRE(entry.row < pairs.references.size() * PairTable::kRotationBins);
    REQUIRE(entry.row % PairTable::kRotationBins == 0);
  }
}

TEST_CASE("inward normals are turned outwards") {
  scenes::ShapeModel box = scenes::make_shape(scenes::ShapeKind::kPlainBox, 0.1, 1, 16);
  for (Eigen::Vector3i& face : box.mesh.faces) std::swap(face.x(), face.y());
  const GeometricFeatures features = features_of(box);
  int outwards = 0;
  for (const ModelPoint& point : features.points) {
    outwards += point.normal.dot(point.position_m) > 0 ? 1 : 0;
  }
  CHECK(outwards > 0.95 * static_cast<double>(features.points.size()));
}

TEST_CASE("a labelled box looks like itself after half a turn, and its look-alikes say so") {
  const scenes::ShapeModel box = scenes::make_shape(scenes::ShapeKind::kLabelledBox, 0.15, 3, 32);
  scenes::ShapeModel plain = box;
  plain.symmetries = box.shape_symmetries;
  const auto has_half_turn = [](const GeometricFeatures& features) {
    for (const Eigen::Matrix3f& turn : features.look_alikes) {
      if (turn.trace() < -0.9F) return true;  // 1 + 2 cos(angle)
    }
    return false;
  };
  CHECK(has_half_turn(features_of(box)));
  CHECK_FALSE(has_half_turn(features_of(plain)));
}

TEST_CASE("turns are told in 256 steps") {
  for (int step = 0; step < 256; ++step) {
    const double angle = step * (2.0 * std::numbers::pi / 256);
    const int turn =
        turn_of(static_cast<float>(std::cos(angle)), static_cast<float>(std::sin(angle)));
    CHECK(((turn - step + 128) & 255) - 128 == 0);
  }
}

TEST_CASE("the same seed gives the same features with any number of threads") {
  const scenes::ShapeModel bolt = scenes::make_shape(scenes::ShapeKind::kBolt, 0.1, 4, 24);
  const GeometricFeatures one = features_of(bolt);
  const GeometricFeatures three =
      build_geometric_features(bolt.mesh, diameter_m(bolt.mesh), bolt.symmetries, 0, 3);
  CHECK(one.view_points == three.view_points);
  CHECK(one.pairs.starts == three.pairs.starts);
}

}  // namespace sam6d
