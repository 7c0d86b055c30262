#pragma once

#include "ops/lanes.hpp"

/// Vectors for products of matrices, in files that are compiled with contraction to fused
/// multiply-adds: 16, 8 or 4 floats, as the processor has them.
namespace sam6d::nets {

enum class MatrixLevel { kBaseline, kAvx2, kAvx512 };

/// The best level of this processor. The second needs fused multiply-adds, too.
[[nodiscard]] inline MatrixLevel matrix_level() {
#if defined(SAM6D_TARGET_AVX2)
  const bool fma = __builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0;
  const bool wide =
      __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512vl") != 0 &&
      __builtin_cpu_supports("avx512dq") != 0 && __builtin_cpu_supports("avx512bw") != 0;
  if (fma && wide) return MatrixLevel::kAvx512;
  if (fma) return MatrixLevel::kAvx2;
#endif
  return MatrixLevel::kBaseline;
}

[[nodiscard]] constexpr int lanes_of(MatrixLevel level) {
  return level == MatrixLevel::kAvx512 ? 16 : (level == MatrixLevel::kAvx2 ? 8 : 4);
}

template <int kLanes>
struct Vector;
template <>
struct Vector<4> {
  using Floats = float __attribute__((vector_size(16)));
  using Bits = std::uint32_t __attribute__((vector_size(16)));
  using Halves = std::uint16_t __attribute__((vector_size(8)));
};
template <>
struct Vector<8> {
  using Floats = float __attribute__((vector_size(32)));
  using Bits = std::uint32_t __attribute__((vector_size(32)));
  using Halves = std::uint16_t __attribute__((vector_size(16)));
};
template <>
struct Vector<16> {
  using Floats = float __attribute__((vector_size(64)));
  using Bits = std::uint32_t __attribute__((vector_size(64)));
  using Halves = std::uint16_t __attribute__((vector_size(32)));
};

#if defined(SAM6D_TARGET_AVX2)
template <class Body>
__attribute__((target("avx2,fma"))) void run_lanes8(const Body& body) {
  body.template run<8>();
}
template <class Body>
__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))) void run_lanes16(
    const Body& body) {
  body.template run<16>();
}
#endif

/// Runs body.run<lanes>(), a SAM6D_INLINE member, with the level's instructions.
template <class Body>
void run_matrices_at(MatrixLevel level, const Body& body) {
#if defined(SAM6D_TARGET_AVX2)
  if (level == MatrixLevel::kAvx512) {
    run_lanes16(body);
    return;
  }
  if (level == MatrixLevel::kAvx2) {
    run_lanes8(body);
    return;
  }
#endif
  (void)level;
  body.template run<4>();
}

}  // namespace sam6d::nets
