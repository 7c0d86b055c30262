#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "nets/dinov2.hpp"
#include "support/golden.hpp"

namespace sam6d::test {

/// The network of tests/data/ism/dinov2_tiny: DINOv2 in small.
inline nets::Dinov2 tiny_dinov2(at::ScalarType type = at::kFloat) {
  nets::Dinov2Config config;
  config.width = 48;
  config.depth = 3;
  config.heads = 3;
  return nets::load_dinov2(Weights::synthetic(Network::kDinov2), at::kCPU, type, config);
}

/// Noise in -2..2, the same everywhere.
inline at::Tensor noise_image(int number, const std::vector<std::int64_t>& shape) {
  constexpr double kFormulaRange = 0.1;
  return formula_tensor("image" + std::to_string(number), shape).mul(2 / kFormulaRange);
}

}  // namespace sam6d::test
