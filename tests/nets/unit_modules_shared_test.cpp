#include <doctest/doctest.h>

#include "nets/unit_golden.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("the pose network's modules give the reference's values for every golden") {
  const auto folder = shared_data("goldens/pem");
  if (!folder) return;
  check_unit_modules(*folder / "pem_unit_modules.safetensors");
}

}  // namespace
}  // namespace sam6d::test
