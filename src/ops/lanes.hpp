#pragma once

#include <cstdint>
#include <cstring>

#include "ops/point_arithmetic.hpp"

/// Eight floats at once, in the compiler's vector types: a function with the attribute
/// SAM6D_TARGET_AVX2 uses one AVX2 register for them, any other what every processor has. Functions
/// over lanes are inlined into both, so that one text serves both.
namespace sam6d::ops {

inline constexpr int kLanes = 8;
using Floats = float __attribute__((vector_size(4 * kLanes)));
using Ints = std::int32_t __attribute__((vector_size(4 * kLanes)));

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

/// Whether a comparison holds in any lane.
SAM6D_INLINE bool any(const Ints& mask) {
  std::uint64_t words[sizeof(Ints) / 8];
  std::memcpy(words, &mask, sizeof(words));
  return ((words[0] | words[1]) | (words[2] | words[3])) != 0;
}

}  // namespace sam6d::ops
