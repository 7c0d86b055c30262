#include <doctest/doctest.h>

#include "nets/fastsam_golden.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

TEST_CASE("the tiny FastSAM network gives the reference's values at every stage") {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / "fastsam_tiny.safetensors");
  // A picture of red, green, blue, of which the network was given blue first.
  const at::Tensor input =
      golden["lb.500x391@256"].flip(2).permute({2, 0, 1}).unsqueeze(0).to(at::kFloat).div(255);
  check_tiny_fastsam(golden, *folder / "fastsam_tiny_overrides.safetensors", input);
}

}  // namespace
}  // namespace sam6d::test
