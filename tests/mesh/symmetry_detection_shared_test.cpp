#include <cmath>
#include <string>

#include <doctest/doctest.h>

#include "sam6d/mesh.hpp"
#include "sam6d/mesh_io.hpp"
#include "support/shared_data.hpp"

namespace sam6d {
namespace {

TEST_CASE("the watering can has no symmetry, whether its colours count or not") {
  const auto path = test::shared_data("example/obj_000005.ply");
  if (!path) return;
  const TriangleMesh can = load_mesh(*path, LengthUnit::kMillimetre);
  for (const bool use_color : {true, false}) {
    SymmetryDetectionOptions options;
    options.use_color = use_color;
    CHECK(detect_symmetries(can, options).empty());
  }
}

TEST_CASE("the symmetries that models_info.json of the scenes lists are found, and no others") {
  const auto folder = test::shared_data("scenes/models");
  if (!folder) return;
  const auto found = [&](int obj_id) {
    return detect_symmetries(load_mesh(*folder / ("obj_00000" + std::to_string(obj_id) + ".ply"),
                                       LengthUnit::kMillimetre));
  };
  CHECK(found(1).empty());
  CHECK(found(3).empty());

  const Symmetries nut = found(2);  // six-fold about z
  CHECK(nut.continuous.empty());
  REQUIRE(nut.discrete.size() == 5);
  for (const RigidTransform& transform : nut.discrete) {
    CHECK(transform.linear()(2, 2) == doctest::Approx(1.0));
    CHECK(transform.translation().norm() < 1e-4);
  }

  const Symmetries vase = found(4);  // an axis of revolution
  CHECK(vase.discrete.empty());
  REQUIRE(vase.continuous.size() == 1);
  CHECK(std::abs(vase.continuous[0].axis.z()) == doctest::Approx(1.0));
  CHECK(vase.continuous[0].offset_m.head<2>().norm() < 1e-4);
}

}  // namespace
}  // namespace sam6d
