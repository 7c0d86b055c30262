#include "cuda/kernel_bodies.hpp"

#include <cmath>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/full.h>
#include <doctest/doctest.h>

#include "ops/emulated_grid.hpp"
#include "ops/golden.hpp"
#include "ops/grouping.hpp"
#include "ops/interpolation.hpp"
#include "ops/nearest.hpp"
#include "ops/plain_loops.hpp"
#include "ops/rigid_fits.hpp"
#include "ops/sampling.hpp"

// The bodies of the CUDA kernels on the host, against the CPU's operators: their arithmetic and
// their indexing are tested so, their launches are not.
namespace sam6d::test {
namespace {

at::Tensor cloud_tensor(int batch, int n, int steps, unsigned seed) {
  const at::Tensor xyz = at::empty({batch, n, 3}, at::kFloat);
  const std::vector<float> values = random_cloud(batch * n, steps, seed);
  std::copy(values.begin(), values.end(), xyz.data_ptr<float>());
  return xyz;
}

/// Filled with what no operator returns.
at::Tensor untouched(at::IntArrayRef shape, at::ScalarType type) {
  return at::full(shape, -77, at::TensorOptions().dtype(type));
}

/// One fit and several in the lanes of a vector stop iterating at different times.
constexpr double kFits = 1e-6;

const float* floats(const at::Tensor& tensor) { return tensor.data_ptr<float>(); }
std::int32_t* ints(const at::Tensor& tensor) { return tensor.data_ptr<std::int32_t>(); }

TEST_CASE("the kernel of furthest point sampling returns the operator's indices") {
  for (const int n : {1, 3, 64, 300, 700}) {
    for (const int steps : {0, 2, 5}) {
      const at::Tensor xyz = cloud_tensor(2, n, steps, 1);
      const int count = std::min(2 * n, 40);
      const at::Tensor expected = ops::furthest_point_sampling(xyz, count);
      for (const int threads : {1, 3, 8, 40}) {
        CAPTURE(n);
        CAPTURE(steps);
        CAPTURE(threads);
        const at::Tensor idx = untouched({2, count}, at::kInt);
        const at::Tensor running = untouched({2, n}, at::kFloat);
        run_blocks(
            cuda::FurthestPoints{floats(xyz), n, count, running.data_ptr<float>(), ints(idx)}, 2,
            threads, cuda::FurthestPoints::shared_bytes(threads));
        CHECK(equal(idx, expected));
      }
    }
  }
}

TEST_CASE("the kernel of ball query returns the operator's indices") {
  for (const int steps : {0, 4}) {
    const at::Tensor xyz = cloud_tensor(2, 130, steps, 2);
    const at::Tensor queries = cloud_tensor(2, 37, steps, 3);
    for (const float radius : {0.05F, 0.5F, 1.0F}) {
      const at::Tensor idx = untouched({2, 37, 9}, at::kInt);
      run_elements(
          cuda::BallQuery{floats(queries), floats(xyz), 2, 37, 130, 9, radius * radius, ints(idx)},
          3, 8);
      CHECK(equal(idx, ops::ball_query(queries, xyz, radius, 9)));
    }
  }
}

TEST_CASE("the kernels of gathering return the operator's values") {
  const at::Tensor xyz = cloud_tensor(2, 50, 0, 4);
  const at::Tensor queries = cloud_tensor(2, 11, 0, 5);
  const at::Tensor features = cloud_tensor(2, 50, 0, 6).transpose(1, 2).contiguous();
  const at::Tensor idx = ops::ball_query(queries, xyz, 0.8F, 6);
  const at::Tensor out = untouched({2, 6, 66}, at::kFloat);
  run_elements(cuda::GatherRelative{floats(xyz), floats(queries), ints(idx), 2, 50, 11, 6,
                                    out.data_ptr<float>(), out.stride(0)},
               2, 7);
  run_elements(cuda::Gather{floats(features), ints(idx), 2, 3, 50, 66,
                            out.data_ptr<float>() + 3 * 66, out.stride(0)},
               2, 7);
  CHECK(equal(out.view({2, 6, 11, 6}), ops::query_and_group(xyz, queries, features, 0.8F, 6)));
}

TEST_CASE("the kernels of gathering and interpolation give NaN for an index outside") {
  const at::Tensor features = cloud_tensor(1, 5, 0, 7).transpose(1, 2).contiguous();
  for (const int index : {-1, 5}) {
    const at::Tensor idx = at::full({1, 4, 3}, index, at::TensorOptions().dtype(at::kInt));
    const at::Tensor weight = at::full({1, 4, 3}, 1.0, at::TensorOptions().dtype(at::kFloat));
    const at::Tensor gathered = untouched({1, 3, 12}, at::kFloat);
    run_elements(cuda::Gather{floats(features), ints(idx), 1, 3, 5, 12, gathered.data_ptr<float>(),
                              gathered.stride(0)},
                 1, 4);
    const at::Tensor mixed = untouched({1, 3, 4}, at::kFloat);
    run_elements(cuda::ThreeInterpolate{floats(features), ints(idx), floats(weight), 1, 3, 5, 4,
                                        mixed.data_ptr<float>()},
                 1, 4);
    for (const at::Tensor& out : {gathered, mixed}) {
      for (std::int64_t i = 0; i < out.numel(); ++i) CHECK(std::isnan(floats(out)[i]));
    }
  }
}

TEST_CASE("the kernels of three_nn and three_interpolate return the operator's values") {
  for (const int m : {1, 2, 30}) {
    for (const int steps : {0, 3}) {
      const at::Tensor known = cloud_tensor(2, m, steps, 8);
      const at::Tensor unknown = cloud_tensor(2, 23, steps, 9);
      const ops::NearestThree expected = ops::three_nn(unknown, known);
      const at::Tensor dist2 = untouched({2, 23, 3}, at::kFloat);
      const at::Tensor idx = untouched({2, 23, 3}, at::kInt);
      run_elements(cuda::ThreeNearest{floats(unknown), floats(known), 2, 23, m,
                                      dist2.data_ptr<float>(), ints(idx)},
                   2, 5);
      CHECK(equal(idx, expected.idx));
      CHECK(equal(dist2, expected.dist2));

      const at::Tensor features = cloud_tensor(2, m, 0, 10).transpose(1, 2).contiguous();
      const at::Tensor weight = cloud_tensor(2, 23, 0, 11);
      const at::Tensor out = untouched({2, 3, 23}, at::kFloat);
      run_elements(cuda::ThreeInterpolate{floats(features), ints(idx), floats(weight), 2, 3, m, 23,
                                          out.data_ptr<float>()},
                   2, 5);
      CHECK(equal(out, ops::three_interpolate(features, idx, weight)));
    }
  }
}

TEST_CASE("the kernels of rotations and fits return the operators' values") {
  const at::Tensor a = cloud_tensor(2, 30, 0, 12);
  const at::Tensor b = cloud_tensor(2, 19, 0, 13);
  // Pairs that repeat now and then, and indices outside the clouds.
  const at::Tensor a_idx = cloud_tensor(2, 17, 40, 14).flatten(1).to(at::kInt).sub(3);
  const at::Tensor b_idx = cloud_tensor(2, 17, 19, 15).flatten(1).to(at::kInt);
  const ops::TripleFits expected = ops::fit_triples(a, b, a_idx, b_idx);
  const at::Tensor R = untouched({2, 17, 3, 3}, at::kFloat);
  const at::Tensor t = untouched({2, 17, 3}, at::kFloat);
  const at::Tensor residual = untouched({2, 17}, at::kFloat);
  run_elements(
      cuda::FitTriples{floats(a), floats(b), ints(a_idx), ints(b_idx), 2, 30, 19, 17,
                       R.data_ptr<float>(), t.data_ptr<float>(), residual.data_ptr<float>()},
      2, 5);
  CHECK(largest_difference(residual, expected.residual) <= kFits);
  const at::Tensor covariance = R.flatten(0, 1).to(at::kDouble).mul(0.5);
  const at::Tensor rotations = untouched({34, 3, 3}, at::kFloat);
  run_elements(
      cuda::ClosestRotations{covariance.data_ptr<double>(), 34, rotations.data_ptr<float>()}, 2, 5);
  CHECK(largest_difference(rotations, ops::closest_rotations(covariance)) <= kFits);
  CHECK(largest_difference(rotations, R.flatten(0, 1).transpose(1, 2)) <= kFits);
  CHECK(largest_difference(t, expected.t) <= kFits);
  CHECK(largest_difference(R, expected.R) <= kFits);
}

TEST_CASE("the kernel of nearest distances returns the operator's values") {
  for (const int m : {1, 200}) {
    const at::Tensor points = cloud_tensor(2, 400, 0, 16);
    const at::Tensor R = cloud_tensor(2, 90, 0, 17).reshape({2, 30, 3, 3});
    const at::Tensor t = cloud_tensor(2, 30, 0, 18);
    const at::Tensor cloud = cloud_tensor(2, m, 0, 19);
    const at::Tensor distance = untouched({2, 30, 400}, at::kFloat);
    run_elements(cuda::NearestDistances{floats(points), floats(R), floats(t), floats(cloud), 2, 30,
                                        400, m, distance.data_ptr<float>()},
                 3, 5);
    CHECK(equal(distance, ops::nearest_distances(points, R, t, cloud)));
  }
}

}  // namespace
}  // namespace sam6d::test
