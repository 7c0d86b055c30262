#include <doctest/doctest.h>

#include "ops/golden.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("the operators return the reference's values for every golden") {
  const auto folder = shared_data("goldens/pem");
  if (!folder) return;
  check_furthest_point_sampling(*folder / "pn2_fps.safetensors");
  check_ball_query(*folder / "pn2_ball_query.safetensors");
  check_operators(*folder / "pn2_ops.safetensors");
  check_modules(*folder / "pn2_modules.safetensors");
}

}  // namespace
}  // namespace sam6d::test
