#include "nets/point_encoding.hpp"

#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <doctest/doctest.h>

#include "nets/cpu_point_encoding.hpp"
#include "ops/grouping.hpp"
#include "ops/set_abstraction.hpp"
#include "support/errors.hpp"
#include "support/formula_mlp.hpp"
#include "support/golden.hpp"

namespace sam6d::test {
namespace {

using nets::MatrixLevel;

const std::filesystem::path kGoldens =
    std::filesystem::path(SAM6D_TEST_DATA) / "pem" / "point_encoding.safetensors";

/// Of encodings up to 1 or so: sums of 64 products in another order, with fused multiply-adds.
constexpr double kSums = 1e-6;

std::vector<MatrixLevel> levels() {
  std::vector<MatrixLevel> result;
  for (const MatrixLevel level :
       {MatrixLevel::kBaseline, MatrixLevel::kAvx2, MatrixLevel::kAvx512}) {
    if (level <= nets::matrix_level()) result.push_back(level);
  }
  return result;
}

/// By the operators: all slots, those that repeat a neighbour too.
at::Tensor plain_encoding(const at::Tensor& xyz, float radius, std::int64_t samples,
                          const ops::SharedMlp& mlp) {
  return ops::pooled_neighbourhoods({radius, samples, mlp}, xyz, xyz,
                                    xyz.transpose(1, 2).contiguous())
      .transpose(1, 2);
}

TEST_CASE("the positional encoding is the reference's") {
  const Golden golden(kGoldens);
  const at::Tensor& xyz = golden["positional_encoding.in0"];
  const std::vector<std::int64_t> widths{6, 32, 64, 128};
  const at::Tensor pooled =
      at::cat({nets::encode_neighbourhoods(xyz, 0.1F, 32, formula_mlp("mlp1.", widths)),
               nets::encode_neighbourhoods(xyz, 0.2F, 64, formula_mlp("mlp2.", widths))},
              2);
  const at::Tensor weight = formula_tensor("mlp3.conv.weight", {32, 256, 1}).squeeze(2);
  const at::Tensor encoding =
      at::matmul(pooled, weight.t()).add(formula_tensor("mlp3.conv.bias", {32}));
  CHECK(largest_difference(encoding, golden["positional_encoding.out0"]) <= kSums);
}

TEST_CASE("encodings of neighbours met once are those of all slots, at every level") {
  // From points alone to more neighbours than slots, and layers that do not fill blocks.
  for (const std::vector<std::int64_t>& widths :
       {std::vector<std::int64_t>{6, 32, 64, 128}, {6, 5}, {6, 20, 33}, {6, 3, 70, 1}}) {
    const ops::SharedMlp mlp = formula_mlp("mlp.", widths);
    for (const auto& [radius, samples] :
         {std::pair{0.001F, 4}, {0.02F, 7}, {0.05F, 32}, {0.5F, 64}, {0.5F, 1}}) {
      CAPTURE(radius);
      CAPTURE(samples);
      const at::Tensor xyz = formula_tensor("xyz", {2, 150, 3});
      const at::Tensor expected = plain_encoding(xyz, radius, samples, mlp);
      CHECK(largest_difference(nets::encode_neighbourhoods(xyz, radius, samples, mlp), expected) <=
            kSums);
      const at::Tensor idx = ops::ball_query(xyz, xyz, radius, samples)[1].contiguous();
      for (const MatrixLevel level : levels()) {
        const at::Tensor encoded = at::empty({150, widths.back()}, at::kFloat);
        nets::encode(nets::packed_mlp(mlp, level),
                     {xyz[1].data_ptr<float>(), idx.data_ptr<std::int32_t>(), samples}, 0, 150,
                     encoded.data_ptr<float>());
        CHECK(largest_difference(encoded, expected[1]) <= kSums);
      }
    }
  }
}

TEST_CASE("encodings do not depend on the number of threads") {
  const ops::SharedMlp mlp = formula_mlp("mlp.", {6, 32, 64, 128});
  const at::Tensor xyz = formula_tensor("xyz", {3, 200, 3});
  const int before = at::get_num_threads();
  at::set_num_threads(1);
  const at::Tensor one = nets::encode_neighbourhoods(xyz, 0.05F, 32, mlp);
  at::set_num_threads(3);
  const at::Tensor three = nets::encode_neighbourhoods(xyz, 0.05F, 32, mlp);
  at::set_num_threads(before);
  CHECK(equal(one, three));
}

TEST_CASE("a cloud of one point, of one place and one that is no number have encodings") {
  const ops::SharedMlp mlp = formula_mlp("mlp.", {6, 32, 64, 128});
  const at::Tensor one = formula_tensor("xyz", {1, 1, 3});
  CHECK(largest_difference(nets::encode_neighbourhoods(one, 0.1F, 8, mlp),
                           plain_encoding(one, 0.1F, 8, mlp)) <= kSums);
  const at::Tensor same = one.expand({1, 90, 3});
  CHECK(largest_difference(nets::encode_neighbourhoods(same, 0.1F, 8, mlp),
                           plain_encoding(same.contiguous(), 0.1F, 8, mlp)) <= kSums);
  const at::Tensor broken = same.contiguous();
  broken[0][4][1].fill_(std::numeric_limits<float>::quiet_NaN());
  CHECK(nets::encode_neighbourhoods(broken, 0.1F, 8, mlp)
            .narrow(1, 5, 85)
            .isfinite()
            .all()
            .item<bool>());
}

TEST_CASE("an encoding refuses layers that do not fit") {
  const at::Tensor xyz = formula_tensor("xyz", {1, 9, 3});
  const auto refused = [&](const ops::SharedMlp& mlp) {
    return error_of([&] { (void)nets::encode_neighbourhoods(xyz, 0.1F, 8, mlp); });
  };
  CHECK(mentions(refused({}), "found none"));
  CHECK(mentions(refused(formula_mlp("mlp.", {7, 4})), "mlp"));
  ops::SharedMlp gap = formula_mlp("mlp.", {6, 4, 5});
  gap[1] = formula_mlp("mlp.", {3, 4})[0];
  CHECK(mentions(refused(gap), "mlp"));
}

}  // namespace
}  // namespace sam6d::test
