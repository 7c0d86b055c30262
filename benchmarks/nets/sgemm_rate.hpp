#pragma once

#include <cstdint>

#include <ATen/ops/mm.h>
#include <ATen/ops/rand.h>

#include "render/median_seconds.hpp"

namespace sam6d::bench {

/// GFLOP/s of a product of square matrices in `type`: what the machine gives at this minute.
inline double matmul_gflops(at::ScalarType type = at::kFloat) {
  constexpr std::int64_t kSize = 1024;
  const at::Tensor a = at::rand({kSize, kSize}).to(type);
  const at::Tensor b = at::rand({kSize, kSize}).to(type);
  const double seconds = median_seconds(9, [&] { at::mm(a, b); }).wall;
  return 2.0 * kSize * kSize * kSize / seconds * 1e-9;
}

}  // namespace sam6d::bench
