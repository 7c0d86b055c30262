#include "geometry/triangle_distance.hpp"

#include <algorithm>

#include <doctest/doctest.h>

#include "base/random.hpp"

namespace sam6d {
namespace {

Eigen::Vector3f random_point(Random& random) {
  return {static_cast<float>(random.normal()), static_cast<float>(random.normal()),
          static_cast<float>(random.normal())};
}

TEST_CASE("no point of the triangle is nearer than the closest") {
  constexpr int kSteps = 60;
  constexpr float kGrid = 0.002F;  // squared distances that the grid's spacing may cost
  Random random(1);
  for (int round = 0; round < 200; ++round) {
    const Eigen::Vector3f a = 0.3F * random_point(random);
    const Eigen::Vector3f b = 0.3F * random_point(random);
    const Eigen::Vector3f c = 0.3F * random_point(random);
    const Eigen::Vector3f query = 0.5F * random_point(random);
    float best = 1e9F;
    float to_closest = 1e9F;
    const Eigen::Vector3f closest = closest_on_triangle(query, a, b, c);
    for (int i = 0; i <= kSteps; ++i) {
      for (int j = 0; i + j <= kSteps; ++j) {
        const float u = static_cast<float>(i) / kSteps;
        const float v = static_cast<float>(j) / kSteps;
        const Eigen::Vector3f point = (1.0F - u - v) * a + u * b + v * c;
        best = std::min(best, (point - query).squaredNorm());
        to_closest = std::min(to_closest, (point - closest).squaredNorm());
      }
    }
    const float found = (closest - query).squaredNorm();
    CHECK(found <= best * 1.0001F + 1e-6F);
    CHECK(to_closest < kGrid);  // it lies on the triangle
  }
}

TEST_CASE("corners, edges and the inside") {
  const Eigen::Vector3f a(0, 0, 0);
  const Eigen::Vector3f b(1, 0, 0);
  const Eigen::Vector3f c(0, 1, 0);
  CHECK(closest_on_triangle({-1, -1, 3}, a, b, c) == a);
  CHECK(closest_on_triangle({3, -1, 0}, a, b, c) == b);
  CHECK(closest_on_triangle({-1, 3, 0}, a, b, c) == c);
  CHECK(closest_on_triangle({0.5F, -2, 1}, a, b, c).isApprox(Eigen::Vector3f(0.5F, 0, 0)));
  CHECK(closest_on_triangle({-2, 0.5F, 1}, a, b, c).isApprox(Eigen::Vector3f(0, 0.5F, 0)));
  CHECK(closest_on_triangle({1, 1, 1}, a, b, c).isApprox(Eigen::Vector3f(0.5F, 0.5F, 0)));
  CHECK(closest_on_triangle({0.2F, 0.3F, 7}, a, b, c).isApprox(Eigen::Vector3f(0.2F, 0.3F, 0)));
}

}  // namespace
}  // namespace sam6d
