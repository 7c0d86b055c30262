#include <doctest/doctest.h>

#include "nets/dinov2_golden.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("the tiny DINOv2 gives the reference's values at every stage") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  check_tiny_dinov2(*folder / "dinov2_tiny.safetensors");
}

}  // namespace
}  // namespace sam6d::test
