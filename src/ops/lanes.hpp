#pragma once

#include <cstdint>
#include <cstring>

#include "ops/point_arithmetic.hpp"

/// Eight floats or four doubles at once, in the compiler's vector types: a function with the
/// attribute SAM6D_TARGET_AVX2 uses one AVX2 register for them, any other what every processor has.
/// Functions over lanes are inlined into both, so that one text serves both.
namespace sam6d::ops {

inline constexpr int kLanes = 8;
using Floats = float __attribute__((vector_size(4 * kLanes)));
using Ints = std::int32_t __attribute__((vector_size(4 * kLanes)));
inline constexpr int kDoubleLanes = 4;
using Doubles = double __attribute__((vector_size(8 * kDoubleLanes)));
using Longs = std::int64_t __attribute__((vector_size(8 * kDoubleLanes)));

#define SAM6D_INLINE [[gnu::always_inline]] inline
#if defined(__x86_64__)
#define SAM6D_TARGET_AVX2 __attribute__((target("avx2")))
#endif

enum class SimdLevel { kBaseline, kAvx2 };

/// The best level of this processor.
[[nodiscard]] inline SimdLevel simd_level() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0) return SimdLevel::kAvx2;
#endif
  return SimdLevel::kBaseline;
}

#if defined(SAM6D_TARGET_AVX2)
template <class Body>
SAM6D_TARGET_AVX2 void run_with_avx2(const Body& body) {
  body();
}
#endif

/// Runs body(), a SAM6D_INLINE operator() over lanes, with the level's instructions.
template <class Body>
void run_at(SimdLevel level, const Body& body) {
#if defined(SAM6D_TARGET_AVX2)
  if (level == SimdLevel::kAvx2) {
    run_with_avx2(body);
    return;
  }
#endif
  (void)level;
  body();
}

template <class Vector, class Scalar>
SAM6D_INLINE void load(Vector& to, const Scalar* from) {
  std::memcpy(&to, from, sizeof(Vector));
}
template <class Vector, class Scalar>
SAM6D_INLINE void store(Scalar* to, const Vector& from) {
  std::memcpy(to, &from, sizeof(Vector));
}

SAM6D_INLINE void fill(Floats& lanes, float v) { lanes = Floats{v, v, v, v, v, v, v, v}; }
SAM6D_INLINE void fill(Ints& lanes, std::int32_t v) { lanes = Ints{v, v, v, v, v, v, v, v}; }

/// What a comparison of Doubles gives: lanes of long for g++, of long long for clang.
using DoublesMask = decltype(Doubles{} > Doubles{});

/// Whether a comparison holds in any lane.
SAM6D_INLINE bool any(const DoublesMask& mask) {
  return ((mask[0] | mask[1]) | (mask[2] | mask[3])) != 0;
}
SAM6D_INLINE bool any(const Ints& mask) {
  DoublesMask words{};
  std::memcpy(&words, &mask, sizeof(words));
  return any(words);
}

/// One instruction a register where the compiler may leave errno alone (-fno-math-errno).
SAM6D_INLINE void square_root(const Doubles& x, Doubles& root) {
  root = Doubles{__builtin_sqrt(x[0]), __builtin_sqrt(x[1]), __builtin_sqrt(x[2]),
                 __builtin_sqrt(x[3])};
}

}  // namespace sam6d::ops
