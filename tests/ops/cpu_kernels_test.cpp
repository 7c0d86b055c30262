#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "ops/cpu_furthest_points.hpp"
#include "ops/cpu_neighbours.hpp"
#include "ops/plain_loops.hpp"

namespace sam6d::test {
namespace {

using ops::SimdLevel;

/// Every level that this processor has.
std::vector<SimdLevel> levels() {
  std::vector<SimdLevel> result{SimdLevel::kBaseline};
  if (ops::simd_level() != SimdLevel::kBaseline) result.push_back(ops::simd_level());
  return result;
}

std::vector<std::int32_t> sampled(const std::vector<float>& xyz, int count, SimdLevel level) {
  std::vector<std::int32_t> idx(static_cast<std::size_t>(count), -1);
  ops::sample_furthest_points(xyz.data(), static_cast<int>(xyz.size() / 3), count, level,
                              idx.data());
  return idx;
}

TEST_CASE("furthest point sampling equals the plain loop for every size, with and without ties") {
  for (const SimdLevel level : levels()) {
    for (const int n : {1, 2, 3, 7, 8, 63, 64, 65, 511, 512, 513, 1000, 3000}) {
      for (const int steps : {0, 1, 3, 12}) {
        CAPTURE(n);
        CAPTURE(steps);
        const std::vector<float> xyz = random_cloud(n, steps, 1);
        const int count = std::min(2 * n, 300);
        CHECK(sampled(xyz, count, level) == plain_furthest_points(xyz, count));
      }
    }
  }
}

TEST_CASE("furthest point sampling keeps to the plain loop far from the origin and in a plane") {
  std::vector<float> xyz = random_cloud(2000, 0, 2);
  for (std::size_t i = 0; i < xyz.size(); i += 3) {
    xyz[i] += 1e4F;  // coordinates keep ten bits, so that boxes and distances round
    xyz[i + 2] = 0.25F;
  }
  for (const SimdLevel level : levels()) {
    CHECK(sampled(xyz, 400, level) == plain_furthest_points(xyz, 400));
  }
}

TEST_CASE("furthest point sampling takes coordinates that are not finite as the plain loop does") {
  std::vector<float> xyz = random_cloud(600, 0, 3);
  xyz[3 * 77 + 1] = std::numeric_limits<float>::quiet_NaN();
  xyz[3 * 300] = std::numeric_limits<float>::infinity();
  for (const SimdLevel level : levels()) {
    CHECK(sampled(xyz, 40, level) == plain_furthest_points(xyz, 40));
  }
  std::vector<float> huge = random_cloud(600, 0, 4);
  for (float& value : huge) value *= 3e38F;  // squares overflow
  for (const SimdLevel level : levels()) {
    CHECK(sampled(huge, 40, level) == plain_furthest_points(huge, 40));
  }
}

TEST_CASE("ball query equals the plain loop") {
  for (const SimdLevel level : levels()) {
    for (const int n : {1, 5, 8, 9, 300}) {
      for (const int steps : {0, 4}) {
        const std::vector<float> xyz = random_cloud(n, steps, 5);
        const ops::CoordinateRows cloud = ops::coordinate_rows(xyz.data(), n);
        const std::vector<float> queries = random_cloud(40, steps, 6);
        for (const float radius : {0.05F, 0.4F, 1.0F, 2.0F}) {
          for (const int samples : {1, 16, 64}) {
            for (int j = 0; j < 40; ++j) {
              std::vector<std::int32_t> idx(static_cast<std::size_t>(samples), -1);
              ops::query_ball(cloud, ops::point_at(queries.data(), j), radius * radius, samples,
                              level, idx.data());
              CHECK(idx == plain_ball_query(&queries[3 * static_cast<std::size_t>(j)], xyz, radius,
                                            samples));
            }
          }
        }
      }
    }
  }
}

TEST_CASE("three_nn equals the plain loop") {
  for (const SimdLevel level : levels()) {
    for (const int m : {1, 2, 3, 4, 100}) {
      for (const int steps : {0, 3}) {
        const std::vector<float> known = random_cloud(m, steps, 7);
        const std::vector<float> unknown = random_cloud(37, steps, 8);
        std::vector<float> dist2(3 * 37, -1.0F);
        std::vector<std::int32_t> idx(3 * 37, -1);
        const ops::CoordinateRows from = ops::coordinate_rows(unknown.data(), 37);
        const ops::CoordinateRows to = ops::coordinate_rows(known.data(), m);
        ops::find_three_nearest(from, 0, 16, to, level, dist2.data(), idx.data());
        ops::find_three_nearest(from, 16, 37, to, level, dist2.data(), idx.data());
        for (std::size_t i = 0; i < 37; ++i) {
          const PlainNearest plain = plain_three_nn(&unknown[3 * i], known);
          for (std::size_t j = 0; j < 3; ++j) {
            CHECK(dist2[3 * i + j] == plain.dist2[j]);
            CHECK(idx[3 * i + j] == plain.idx[j]);
          }
        }
      }
    }
  }
}

}  // namespace
}  // namespace sam6d::test
