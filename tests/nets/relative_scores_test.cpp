#include "nets/relative_scores.hpp"

#include <cmath>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/einsum.h>
#include <ATen/ops/empty_like.h>
#include <ATen/ops/stack.h>
#include <doctest/doctest.h>

#include "nets/cpu_relative_scores.hpp"
#include "support/golden.hpp"

namespace sam6d::test {
namespace {

/// Of scores up to 5: sums of 256 products in another order.
constexpr double kSums = 1e-5;
/// bfloat16 keeps 8 bits: of scores up to 16, half of the last one and what rounding sums adds.
constexpr double kBFloat16 = 0.032;

at::Tensor plain_scores(const at::Tensor& queries, const std::vector<at::Tensor>& places) {
  return at::einsum("bihc,bijc->bhij", {queries.to(at::kFloat), at::stack(places).to(at::kFloat)});
}

TEST_CASE("relative scores are the products, for shared and for own places") {
  for (const auto& [n, m, heads, channels] :
       {std::tuple{1, 1, 1, 16}, {5, 7, 4, 32}, {9, 30, 3, 48}, {21, 21, 4, 256}, {6, 5, 2, 20}}) {
    CAPTURE(channels);
    const at::Tensor queries = formula_tensor("u", {3, n, heads, channels}).mul(10);
    const at::Tensor shared = formula_tensor("e", {n, m, channels}).mul(10);
    const at::Tensor own = formula_tensor("own", {n, m, channels}).mul(10);
    const std::vector<at::Tensor> places{shared, shared, own};
    const at::Tensor scores = nets::relative_scores(queries, places);
    CHECK(largest_difference(scores, plain_scores(queries, places)) <= kSums);
    // As a view of another order, as attention has them.
    const at::Tensor turned = queries.transpose(1, 2).contiguous().transpose(1, 2);
    CHECK(equal(nets::relative_scores(turned, places), scores));
  }
}

TEST_CASE("relative scores of bfloat16 are sums of float32, rounded once") {
  const at::Tensor queries = formula_tensor("u", {2, 20, 4, 64}).mul(10).to(at::kBFloat16);
  const std::vector<at::Tensor> places(2,
                                       formula_tensor("e", {20, 31, 64}).mul(10).to(at::kBFloat16));
  const at::Tensor scores = nets::relative_scores(queries, places);
  CHECK((scores.scalar_type() == at::kBFloat16));
  CHECK(largest_difference(scores.to(at::kFloat), plain_scores(queries, places)) <= kBFloat16);
}

TEST_CASE("places are scored alike at every level") {
  const at::Tensor queries = formula_tensor("u", {7, 96}).mul(10);
  const at::Tensor places = formula_tensor("e", {11, 96}).mul(10);
  const at::Tensor halves = places.to(at::kBFloat16);
  const at::Tensor expected = queries.matmul(places.t());
  const at::Tensor of_halves = queries.matmul(halves.to(at::kFloat).t());
  for (const nets::MatrixLevel level :
       {nets::MatrixLevel::kBaseline, nets::MatrixLevel::kAvx2, nets::MatrixLevel::kAvx512}) {
    if (level > nets::matrix_level()) continue;
    const at::Tensor scores = at::empty_like(expected);
    nets::score_places(queries.data_ptr<float>(), 7, places.data_ptr<float>(), 11, 96, level,
                       scores.data_ptr<float>());
    CHECK(largest_difference(scores, expected) <= kSums);
    nets::score_places(queries.data_ptr<float>(), 7,
                       static_cast<const std::uint16_t*>(halves.data_ptr()), 11, 96, level,
                       scores.data_ptr<float>());
    CHECK(largest_difference(scores, of_halves) <= kSums);
  }
}

TEST_CASE("relative scores do not depend on the number of threads") {
  const at::Tensor queries = formula_tensor("u", {1, 40, 4, 64});
  const std::vector<at::Tensor> places{formula_tensor("e", {40, 50, 64})};
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor one = nets::relative_scores(queries, places);
  at::set_num_threads(3);
  CHECK(equal(nets::relative_scores(queries, places), one));
  at::set_num_threads(before);
}

}  // namespace
}  // namespace sam6d::test
