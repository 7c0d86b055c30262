#pragma once

#include <cstdint>

#include <ATen/ops/mm.h>
#include <ATen/ops/rand.h>

#include "render/median_seconds.hpp"

namespace sam6d::bench {

/// GFLOP of a product of square matrices in `type`, a second and a CPU second of all threads: what
/// the machine gives at this minute.
struct MatmulRate {
  double wall = 0;
  double cpu = 0;
};

inline MatmulRate matmul_rate(at::ScalarType type = at::kFloat) {
  constexpr std::int64_t kSize = 1024;
  constexpr double kGflop = 2e-9 * kSize * kSize * kSize;
  const at::Tensor a = at::rand({kSize, kSize}).to(type);
  const at::Tensor b = at::rand({kSize, kSize}).to(type);
  const Seconds seconds = median_seconds(9, [&] { at::mm(a, b); });
  return {kGflop / seconds.wall, kGflop / seconds.cpu};
}

inline double matmul_gflops(at::ScalarType type = at::kFloat) { return matmul_rate(type).wall; }

}  // namespace sam6d::bench
