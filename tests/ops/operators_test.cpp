#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "ops/golden.hpp"
#include "ops/grouping.hpp"
#include "ops/interpolation.hpp"
#include "ops/plain_loops.hpp"
#include "ops/sampling.hpp"
#include "support/errors.hpp"

namespace sam6d::test {
namespace {

at::Tensor cloud_tensor(int batch, int n, unsigned seed) {
  const at::Tensor xyz = at::empty({batch, n, 3}, at::kFloat);
  const std::vector<float> values = random_cloud(batch * n, 0, seed);
  std::copy(values.begin(), values.end(), xyz.data_ptr<float>());
  return xyz;
}

at::Tensor float_zeros(std::vector<std::int64_t> shape) { return at::zeros(shape, at::kFloat); }
at::Tensor int_zeros(std::vector<std::int64_t> shape) { return at::zeros(shape, at::kInt); }

/// Runs with that many threads and puts the number back.
template <class Action>
at::Tensor with_threads(int threads, const Action& action) {
  const int before = at::get_num_threads();
  at::set_num_threads(threads);
  const at::Tensor result = action();
  at::set_num_threads(before);
  return result;
}

TEST_CASE("results depend neither on the number of threads nor on the rest of the batch") {
  const at::Tensor xyz = cloud_tensor(3, 5000, 1);
  const at::Tensor queries = cloud_tensor(3, 1500, 2);
  const auto sample = [&] { return ops::furthest_point_sampling(xyz, 700); };
  const auto group = [&] { return ops::query_and_group(xyz, queries, {}, 0.2F, 24); };
  const auto nearest = [&] { return ops::three_nn(queries, xyz).idx; };
  CHECK(equal(with_threads(1, sample), with_threads(4, sample)));
  CHECK(equal(with_threads(1, group), with_threads(4, group)));
  CHECK(equal(with_threads(1, nearest), with_threads(4, nearest)));
  for (std::int64_t b = 0; b < 3; ++b) {
    const at::Tensor alone = xyz.narrow(0, b, 1);
    CHECK(equal(ops::furthest_point_sampling(alone, 700), sample().narrow(0, b, 1)));
    CHECK(equal(ops::three_nn(queries.narrow(0, b, 1), alone).idx, nearest().narrow(0, b, 1)));
  }
}

TEST_CASE("tensors need not be contiguous") {
  const at::Tensor xyz = cloud_tensor(2, 100, 3);
  const at::Tensor strided = xyz.transpose(1, 2).contiguous().transpose(1, 2);
  REQUIRE(!strided.is_contiguous());
  CHECK(equal(ops::furthest_point_sampling(strided, 20), ops::furthest_point_sampling(xyz, 20)));
  CHECK(equal(ops::query_and_group(strided, strided, xyz.transpose(1, 2), 0.5F, 8),
              ops::query_and_group(xyz, xyz, xyz.transpose(1, 2).contiguous(), 0.5F, 8)));
}

TEST_CASE("an empty batch gives an empty result") {
  CHECK(ops::furthest_point_sampling(float_zeros({0, 5, 3}), 2).sizes() == at::IntArrayRef({0, 2}));
  CHECK(ops::ball_query(float_zeros({2, 0, 3}), float_zeros({2, 5, 3}), 1.0F, 4).sizes() ==
        at::IntArrayRef({2, 0, 4}));
  CHECK(ops::gather_points(float_zeros({2, 0, 5}), int_zeros({2, 3})).sizes() ==
        at::IntArrayRef({2, 0, 3}));
}

TEST_CASE("bad arguments are errors that name operator and argument") {
  const at::Tensor xyz = float_zeros({2, 5, 3});
  const auto error = [](auto&& action) {
    const auto found = error_of(action);
    REQUIRE(found);
    CHECK(found->code() == ErrorCode::kInvalidArgument);
    return found;
  };
  CHECK(
      mentions(error([&] { (void)ops::furthest_point_sampling({}, 1); }),
               "furthest_point_sampling: xyz: expected a Float tensor of shape (*, *, 3), found"));
  CHECK(mentions(error([&] { (void)ops::furthest_point_sampling(xyz.to(at::kDouble), 1); }),
                 "found Double (2, 5, 3)"));
  CHECK(mentions(error([&] {
                   (void)ops::furthest_point_sampling(float_zeros({2, 3, 5}), 1);
                 }),
                 "(2, 3, 5)"));
  CHECK(mentions(error([&] {
                   (void)ops::furthest_point_sampling(float_zeros({2, 0, 3}), 1);
                 }),
                 "at least one point"));
  CHECK(mentions(error([&] { (void)ops::furthest_point_sampling(xyz, 0); }), "count"));
  CHECK(mentions(error([&] {
                   (void)ops::ball_query(float_zeros({1, 4, 3}), xyz, 1.0F, 2);
                 }),
                 "ball_query: new_xyz: expected a Float tensor of shape (2, *, 3)"));
  CHECK(mentions(error([&] { (void)ops::ball_query(xyz, xyz, 0.0F, 2); }), "radius"));
  CHECK(mentions(error([&] { (void)ops::ball_query(xyz, xyz, 1.0F, 0); }), "sample_count"));
  CHECK(mentions(error([&] {
                   (void)ops::query_and_group(xyz, xyz, float_zeros({2, 7, 4}), 1.0F, 2);
                 }),
                 "query_and_group: features: expected a Float tensor of shape (2, *, 5)"));
  CHECK(mentions(error([&] { (void)ops::group_all(xyz, float_zeros({2, 7, 4})); }), "group_all"));
  CHECK(mentions(error([&] { (void)ops::three_nn(xyz, float_zeros({2, 0, 3})); }), "known"));
  CHECK(mentions(error([&] {
                   (void)ops::three_interpolate(float_zeros({2, 4, 5}), int_zeros({2, 6, 3}),
                                                float_zeros({2, 5, 3}));
                 }),
                 "weight"));
  CHECK(mentions(error([&] {
                   (void)ops::gather_points(float_zeros({2, 4, 5}), at::zeros({2, 6}, at::kLong));
                 }),
                 "idx: expected a Int tensor"));
  for (const int index : {-1, 5}) {
    CHECK(mentions(
        error([&] {
          (void)ops::gather_points(float_zeros({2, 4, 5}), at::full({2, 6}, index, at::kInt));
        }),
        "from 0 to 4, found " + std::to_string(index)));
  }
  CHECK(mentions(error([&] {
                   (void)ops::furthest_point_sampling(
                       at::empty({2, 5, 3}, at::TensorOptions(at::kMeta).dtype(at::kFloat)), 1);
                 }),
                 "meta"));
}

}  // namespace
}  // namespace sam6d::test
