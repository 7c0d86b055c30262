#include <cmath>
#include <filesystem>
#include <numbers>

#include <doctest/doctest.h>

#include "evaluate/bop_scenes.hpp"
#include "sam6d/evaluate.hpp"

namespace sam6d {
namespace {

// The toolkit takes the angle from the trace, which near a half turn turns the 12 digits of the
// rotations into 5.
constexpr double kAngle_deg = 1e-4;
constexpr double kShift_mm = 1e-6;  // rounding of the file's numbers

TEST_CASE("rotation and translation errors are those of the BOP toolkit") {
  const auto golden =
      test::read_json(std::filesystem::path(SAM6D_TEST_DATA) / "bop_metrics" / "pairs.json");
  REQUIRE(golden.at("pairs").size() == 60);
  for (const auto& pair : golden.at("pairs")) {
    CAPTURE(pair.at("id").get<int>());
    const RigidTransform estimate = test::pose_of(pair.at("R_est"), pair.at("t_est"));
    const RigidTransform truth = test::pose_of(pair.at("R_gt"), pair.at("t_gt"));
    const double angle_deg = rotation_error_rad(estimate, truth) * 180.0 / std::numbers::pi;
    CHECK(std::abs(angle_deg - pair.at("re_deg").get<double>()) < kAngle_deg);
    CHECK(std::abs(1000.0 * translation_error_m(estimate, truth) - pair.at("te_mm").get<double>()) <
          kShift_mm);
  }
}

}  // namespace
}  // namespace sam6d
