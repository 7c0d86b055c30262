#include "nets/focusing.hpp"

#include <ATen/ops/randn.h>
#include <doctest/doctest.h>

#include "support/golden.hpp"

namespace sam6d::test {
namespace {

/// Sums of 256 squares in another order, of values up to about 10.
constexpr double kRounding = 1e-5;

TEST_CASE("the map of linear attention is the same in one pass as step by step") {
  const at::Tensor x = at::randn({2, 37, 64});
  const at::Tensor scale = at::randn({64}).abs().add(0.5);
  CHECK(largest_difference(nets::focused(x, scale, 3), nets::composed_focused(x, scale, 3)) <=
        kRounding);
  // Rows of a wider tensor, as keys are that lie beside values.
  const at::Tensor part = at::randn({2, 37, 128}).narrow(2, 64, 64);
  CHECK(largest_difference(nets::focused(part, scale, 3), nets::composed_focused(part, scale, 3)) <=
        kRounding);
  const at::Tensor odd = x.narrow(2, 0, 27);
  CHECK(nets::focused(odd, scale.narrow(0, 0, 27), 3).is_contiguous());
  // Nothing above zero: all that is left is the small constant.
  const at::Tensor none = nets::focused(x.abs().neg(), scale, 3);
  CHECK(none.isfinite().all().item<bool>());
  CHECK(largest_difference(none, nets::composed_focused(x.abs().neg(), scale, 3)) <= 1e-8);
}

}  // namespace
}  // namespace sam6d::test
