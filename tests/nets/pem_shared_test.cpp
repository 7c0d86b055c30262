#include <doctest/doctest.h>

#include "nets/pem_golden.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("the tiny pose network gives the reference's values at every stage") {
  const auto folder = shared_data("goldens/pem");
  if (!folder) return;
  check_tiny_network(*folder / "pem_tiny_inputs.safetensors",
                     *folder / "pem_tiny_outputs.safetensors");
}

}  // namespace
}  // namespace sam6d::test
