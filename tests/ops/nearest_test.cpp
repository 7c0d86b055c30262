#include "ops/nearest.hpp"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <ATen/ops/empty.h>
#include <doctest/doctest.h>

#include "ops/nearest_grid.hpp"
#include "ops/plain_loops.hpp"
#include "support/errors.hpp"
#include "support/golden.hpp"

namespace sam6d::test {
namespace {

using ops::SimdLevel;

/// The distance to every point of the cloud, the smallest of them kept.
std::vector<float> plain_nearest(const std::vector<float>& points, const float* R, const float* t,
                                 const std::vector<float>& cloud) {
  std::vector<float> result;
  for (std::size_t i = 0; i < points.size(); i += 3) {
    const float d[3] = {points[i] - t[0], points[i + 1] - t[1], points[i + 2] - t[2]};
    float moved[3];
    for (int c = 0; c < 3; ++c) moved[c] = (d[0] * R[c] + d[1] * R[3 + c]) + d[2] * R[6 + c];
    float nearest2 = std::numeric_limits<float>::infinity();
    for (std::size_t k = 0; k < cloud.size(); k += 3) {
      const float distance2 = plain_squared_distance(moved, &cloud[k]);
      if (distance2 < nearest2) nearest2 = distance2;
    }
    result.push_back(std::sqrt(nearest2));
  }
  return result;
}

/// As many as are worth a grid.
constexpr std::int64_t kMany = 1'000'000;

constexpr float kIdentity[9] = {1, 0, 0, 0, 1, 0, 0, 0, 1};
constexpr float kTurned[9] = {0, 0.6F, -0.8F, 1, 0, 0, 0, -0.8F, -0.6F};
constexpr float kOrigin[3] = {0, 0, 0};
constexpr float kMoved[3] = {0.1F, -0.2F, 0.3F};

void check_nearest(const std::vector<float>& points, const std::vector<float>& cloud) {
  const int count = static_cast<int>(points.size() / 3);
  for (const auto& [R, t] : {std::pair{kIdentity, kOrigin}, {kTurned, kMoved}}) {
    const std::vector<float> expected = plain_nearest(points, R, t, cloud);
    for (const SimdLevel level : {SimdLevel::kBaseline, ops::simd_level()}) {
      for (const std::int64_t queries : {kMany, std::int64_t{1}}) {
        const ops::NearestGrid grid(cloud.data(), static_cast<int>(cloud.size() / 3), queries, 2,
                                    level);
        std::vector<float> distance(static_cast<std::size_t>(count), -1);
        grid.distances(points.data(), 0, count / 2, R, t, level, distance.data());
        grid.distances(points.data(), count / 2, count, R, t, level, distance.data());
        CHECK(distance == expected);
      }
    }
  }
}

TEST_CASE("distances by the grid are those by comparing with every point, to the last bit") {
  for (const int n : {1, 2, 7, 8, 9, 99, 100, 200, 1024}) {
    for (const int steps : {0, 1, 5}) {
      CAPTURE(n);
      CAPTURE(steps);
      std::vector<float> points = random_cloud(700, 0, 1);
      for (std::size_t i = 0; i < points.size(); ++i) points[i] *= i < 600 ? 3.0F : 1.0F;
      check_nearest(points, random_cloud(n, steps, 2));
    }
  }
}

TEST_CASE("distances by the grid are exact for points on its walls and at the cloud's points") {
  // A cloud from 0 to 1, a sixteenth of which is a cell's side; most points lie on walls.
  check_nearest(random_cloud(500, 16, 3), random_cloud(160, 1, 4));
  const std::vector<float> cloud = random_cloud(300, 0, 5);
  check_nearest(cloud, cloud);
}

TEST_CASE("distances by the grid are exact for clouds that are flat, thin, tiny or far away") {
  for (const std::vector<float>& scale :
       {std::vector<float>{1, 1, 0}, {1, 0, 0}, {1e-4F, 1, 1e-4F}, {1e-6F, 1e-6F, 1e-6F}}) {
    for (const float offset : {0.0F, 100.0F}) {
      std::vector<float> cloud = random_cloud(500, 0, 6);
      std::vector<float> points = random_cloud(500, 0, 7);
      for (std::size_t i = 0; i < cloud.size(); ++i) {
        cloud[i] = cloud[i] * scale[i % 3] + offset;
        points[i] = (i < 900 ? points[i] * scale[i % 3] * 1.5F : points[i]) + offset;
      }
      check_nearest(points, cloud);
    }
  }
}

TEST_CASE("points that are not finite are infinitely far, and nothing is near them") {
  constexpr float kInfinity = std::numeric_limits<float>::infinity();
  std::vector<float> cloud = random_cloud(110, 0, 8);
  cloud[30] = std::numeric_limits<float>::quiet_NaN();
  cloud[61] = kInfinity;
  std::vector<float> points = random_cloud(50, 0, 9);
  check_nearest(points, cloud);
  points[4] = std::numeric_limits<float>::quiet_NaN();
  points[10] = kInfinity;
  points[16] = 3e38F;
  const ops::NearestGrid grid(cloud.data(), 110, kMany, 1, ops::simd_level());
  std::vector<float> distance(50);
  grid.distances(points.data(), 0, 50, kIdentity, kOrigin, ops::simd_level(), distance.data());
  for (const std::size_t i : {1U, 3U, 5U}) CHECK(distance[i] == kInfinity);
  CHECK(distance[0] < 1);
}

at::Tensor tensor_of(const std::vector<float>& values, at::IntArrayRef shape) {
  const at::Tensor tensor = at::empty(shape, at::kFloat);
  std::copy(values.begin(), values.end(), tensor.data_ptr<float>());
  return tensor;
}

TEST_CASE("the operator measures every pose of every item") {
  const std::vector<float> points = random_cloud(2 * 600, 0, 10);
  const std::vector<float> cloud = random_cloud(2 * 90, 0, 11);
  std::vector<float> R;
  std::vector<float> t;
  for (int pose = 0; pose < 6; ++pose) {
    R.insert(R.end(), pose % 2 == 0 ? kIdentity : kTurned,
             (pose % 2 == 0 ? kIdentity : kTurned) + 9);
    for (int c = 0; c < 3; ++c) t.push_back(0.1F * static_cast<float>(pose + c));
  }
  const at::Tensor distance =
      ops::nearest_distances(tensor_of(points, {2, 600, 3}), tensor_of(R, {2, 3, 3, 3}),
                             tensor_of(t, {2, 3, 3}), tensor_of(cloud, {2, 90, 3}));
  REQUIRE(distance.sizes() == at::IntArrayRef({2, 3, 600}));
  for (std::size_t pose = 0; pose < 6; ++pose) {
    const std::size_t item = pose / 3;
    const std::vector<float> expected =
        plain_nearest({points.begin() + 1800 * static_cast<std::ptrdiff_t>(item),
                       points.begin() + 1800 * static_cast<std::ptrdiff_t>(item + 1)},
                      &R[9 * pose], &t[3 * pose],
                      {cloud.begin() + 270 * static_cast<std::ptrdiff_t>(item),
                       cloud.begin() + 270 * static_cast<std::ptrdiff_t>(item + 1)});
    CHECK(std::equal(expected.begin(), expected.end(), distance.data_ptr<float>() + 600 * pose));
  }
}

TEST_CASE("the operator refuses an empty cloud and takes no points") {
  const at::Tensor points = formula_tensor("points", {1, 4, 3});
  const at::Tensor R = formula_tensor("R", {1, 2, 3, 3});
  const at::Tensor t = formula_tensor("t", {1, 2, 3});
  CHECK(mentions(
      error_of([&] { (void)ops::nearest_distances(points, R, t, points.narrow(1, 0, 0)); }),
      "cloud"));
  CHECK(ops::nearest_distances(points.narrow(1, 0, 0), R, t, points).numel() == 0);
}

}  // namespace
}  // namespace sam6d::test
