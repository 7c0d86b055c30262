#include <array>
#include <fstream>
#include <string>

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

#include "sam6d/template_views.hpp"
#include "support/shared_data.hpp"

namespace sam6d {
namespace {

// The reference's poses are in single precision: directions differ by up to 1e-7.
constexpr double kRotationTolerance = 3e-7;
constexpr double kDistanceTolerance = 3e-4;  // of 1000

TEST_CASE("all viewpoints are SAM-6D's, in its order") {
  const auto path = test::shared_data("goldens/templates/view_poses.json");
  if (!path) return;
  std::ifstream file(*path);
  const nlohmann::json golden = nlohmann::json::parse(file);
  const std::array<int, 3> counts = {42, 162, 642};
  for (std::size_t level = 0; level < counts.size(); ++level) {
    const nlohmann::json& poses = golden.at("cam_poses_level" + std::to_string(level));
    const std::vector<RigidTransform> views = icosphere_views(counts[level], 1000);
    REQUIRE(poses.size() == views.size());
    for (std::size_t i = 0; i < views.size(); ++i) {
      for (int k = 0; k < 16; ++k) {
        const double expected = poses[i].at(static_cast<std::size_t>(k)).get<double>();
        const double tolerance = k % 4 == 3 ? kDistanceTolerance : kRotationTolerance;
        CHECK(std::abs(views[i].matrix()(k / 4, k % 4) - expected) < tolerance);
      }
    }
  }
}

}  // namespace
}  // namespace sam6d
