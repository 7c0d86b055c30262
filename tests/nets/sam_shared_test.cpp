#include <ATen/ops/tensor.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "nets/sam_golden.hpp"
#include "support/shared_data.hpp"

namespace sam6d::test {
namespace {

/// Rounding of the division by the deviation.
constexpr double kInput = 1e-6;

/// Pixels in 0..255, normalised as SAM does and padded to a square.
at::Tensor padded_input(const at::Tensor& rgb_u8, std::int64_t side) {
  const auto constant = [](double r, double g, double b) {
    return at::tensor({r, g, b}, at::kFloat).reshape({3, 1, 1});
  };
  const at::Tensor normalised = rgb_u8.permute({2, 0, 1})
                                    .to(at::kFloat)
                                    .sub(constant(123.675, 116.28, 103.53))
                                    .div(constant(58.395, 57.12, 57.375));
  at::Tensor input = at::zeros({1, 3, side, side});
  input[0].narrow(1, 0, rgb_u8.size(0)).narrow(2, 0, rgb_u8.size(1)).copy_(normalised);
  return input;
}

void check_network(const char* file, const nets::SamConfig& config, std::int64_t step) {
  const auto folder = shared_data("goldens/ism");
  if (!folder) return;
  const Golden golden(*folder / file);
  const nets::Sam sam(Weights::synthetic(Network::kSam), config);
  const at::Tensor input = padded_input(golden["resized_u8"], config.image_size);
  const at::Tensor some = input.slice(2, 0, config.image_size, 7).slice(3, 0, config.image_size, 7);
  CHECK(largest_difference(some.contiguous(), golden["input_sub"]) <= kInput);
  check_sam_encoder(sam, golden, input, step);
  check_sam_decoder(sam, golden);
}

TEST_CASE("tiny SAM a, whose windows reach over the edge, gives the reference's values") {
  check_network("sam_tiny_a.safetensors", tiny_sam_a(), 1);
}

TEST_CASE("tiny SAM b, with a decoder of full size, gives the reference's values") {
  check_network("sam_tiny_b.safetensors", tiny_sam_b(), 3);
}

}  // namespace
}  // namespace sam6d::test
