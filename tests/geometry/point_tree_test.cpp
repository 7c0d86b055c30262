#include "geometry/point_tree.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include <doctest/doctest.h>

#include "base/random.hpp"
#include "support/errors.hpp"

namespace sam6d {
namespace {

std::vector<Eigen::Vector3f> random_points(int count, std::uint64_t seed) {
  Random random(seed);
  std::vector<Eigen::Vector3f> points;
  for (int i = 0; i < count; ++i) {
    points.emplace_back(static_cast<float>(random.normal()), static_cast<float>(random.normal()),
                        static_cast<float>(random.normal()));
  }
  return points;
}

TEST_CASE("nearest points are those of a search over all") {
  const auto points = random_points(500, 1);
  const PointTree tree(points);
  CHECK(tree.size() == 500);
  for (const Eigen::Vector3f& query : random_points(50, 2)) {
    std::vector<float> all;
    for (const Eigen::Vector3f& point : points) all.push_back((point - query).squaredNorm());
    std::sort(all.begin(), all.end());
    CHECK(tree.nearest(query).squared_distance == doctest::Approx(all[0]));
    std::array<PointTree::Neighbour, 7> near;
    REQUIRE(tree.nearest(query, near) == near.size());
    for (std::size_t i = 0; i < near.size(); ++i) {
      CHECK(near[i].squared_distance == doctest::Approx(all[i]));
      CHECK((points[near[i].index] - query).squaredNorm() == doctest::Approx(all[i]));
    }
  }
}

TEST_CASE("there are no more neighbours than points") {
  const auto points = random_points(3, 3);
  const PointTree tree(points);
  std::array<PointTree::Neighbour, 5> near;
  CHECK(tree.nearest({0, 0, 0}, near) == 3);
  CHECK(tree.nearest({0, 0, 0}, std::span<PointTree::Neighbour>()) == 0);
}

TEST_CASE("no points and points that are no numbers are refused") {
  std::vector<Eigen::Vector3f> points;
  CHECK(test::error_of([&] { (void)PointTree(points); }));
  points.emplace_back(0.0F, std::numeric_limits<float>::quiet_NaN(), 0.0F);
  CHECK(test::error_of([&] { (void)PointTree(points); }));
}

}  // namespace
}  // namespace sam6d
