#include "pose/plane_fit.hpp"

#include <cstddef>
#include <cstring>

namespace sam6d {
namespace {

constexpr int kLanes = 8;
using Floats = float __attribute__((vector_size(kLanes * sizeof(float))));
using Ints = int __attribute__((vector_size(kLanes * sizeof(int))));

/// One body, compiled once for the machine's baseline and once for AVX2: the vector types turn into
/// whatever registers there are.
[[gnu::always_inline]] inline void fit_row(const InverseDepth& picture, int y, int half, float gate,
                                           int least, PlaneFitRow& result) {
  const Floats least_count = Floats{} + static_cast<float>(least);
  for (int x = 0; x < picture.width; x += kLanes) {
    Floats center;
    std::memcpy(&center, picture.row(y) + x, sizeof(center));
    const Floats limit = center * gate;
    Floats n = {};
    Floats sum_q = {};
    Floats sum_u = {};
    Floats sum_v = {};
    Floats sum_uu = {};
    Floats sum_uv = {};
    Floats sum_vv = {};
    Floats sum_uq = {};
    Floats sum_vq = {};
    for (int dy = -half; dy <= half; ++dy) {
      const float* const line = picture.row(y + dy) + x;
      Floats row_n = {};
      Floats row_q = {};
      Floats row_u = {};
      Floats row_uu = {};
      Floats row_uq = {};
      for (int dx = -half; dx <= half; ++dx) {
        Floats q;
        std::memcpy(&q, line + dx, sizeof(q));
        const Floats difference = q - center;
        const Ints near = (difference < limit) & (-difference < limit);
        const Ints one = near & 0x3f800000;  // the bits of 1.0F
        Floats weight;
        std::memcpy(&weight, &one, sizeof(weight));
        const Floats along = weight * static_cast<float>(dx);
        const Floats delta = weight * difference;
        row_n += weight;
        row_q += delta;
        row_u += along;
        row_uu += along * static_cast<float>(dx);
        row_uq += delta * static_cast<float>(dx);
      }
      const auto down = static_cast<float>(dy);
      n += row_n;
      sum_q += row_q;
      sum_u += row_u;
      sum_uu += row_uu;
      sum_uq += row_uq;
      sum_v += row_n * down;
      sum_uv += row_u * down;
      sum_vv += row_n * (down * down);
      sum_vq += row_q * down;
    }
    const Floats safe_n = n + 1e-6F;
    const Floats mean_u = sum_u / safe_n;
    const Floats mean_v = sum_v / safe_n;
    const Floats mean_q = sum_q / safe_n;
    const Floats uu = sum_uu - mean_u * sum_u;
    const Floats uv = sum_uv - mean_u * sum_v;
    const Floats vv = sum_vv - mean_v * sum_v;
    const Floats uq = sum_uq - mean_u * sum_q;
    const Floats vq = sum_vq - mean_v * sum_q;
    const Floats determinant = uu * vv - uv * uv;
    const Ints usable = (n >= least_count) & (determinant > 1.0F);
    const Floats inverse = 1.0F / (determinant + 1e-12F);
    Floats slope_x = (uq * vv - vq * uv) * inverse;
    Floats slope_y = (vq * uu - uq * uv) * inverse;
    Floats q0 = center + mean_q - slope_x * mean_u - slope_y * mean_v;
    const auto keep = [&usable](Floats & value) __attribute__((always_inline)) {
      Ints bits;
      std::memcpy(&bits, &value, sizeof(bits));
      bits &= usable;
      std::memcpy(&value, &bits, sizeof(bits));
    };
    keep(slope_x);
    keep(slope_y);
    keep(q0);
    std::memcpy(result.slope_x.data() + x, &slope_x, sizeof(slope_x));
    std::memcpy(result.slope_y.data() + x, &slope_y, sizeof(slope_y));
    std::memcpy(result.q0.data() + x, &q0, sizeof(q0));
  }
}

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) void fit_row_avx2(const InverseDepth& picture, int y, int half,
                                                      float gate, int least, PlaneFitRow& result) {
  fit_row(picture, y, half, gate, least, result);
}
#endif

}  // namespace

InverseDepth::InverseDepth(int picture_width, int picture_height, int picture_margin)
    : width(picture_width),
      height(picture_height),
      margin(picture_margin),
      stride((picture_width + kLanes - 1) / kLanes * kLanes + 2 * picture_margin) {
  values.assign(static_cast<std::size_t>(stride) * static_cast<std::size_t>(height + 2 * margin),
                0.0F);
}

SimdLevel simd_level() {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") != 0 && __builtin_cpu_supports("fma") != 0) {
    return SimdLevel::kAvx2;
  }
#endif
  return SimdLevel::kScalar;
}

void fit_planes(const InverseDepth& picture, int y, int half, float gate, int least,
                SimdLevel level, PlaneFitRow& result) {
  const std::size_t lanes = static_cast<std::size_t>(picture.width + kLanes);
  result.q0.resize(lanes);
  result.slope_x.resize(lanes);
  result.slope_y.resize(lanes);
#if defined(__x86_64__)
  if (level == SimdLevel::kAvx2) {
    fit_row_avx2(picture, y, half, gate, least, result);
    return;
  }
#endif
  (void)level;
  fit_row(picture, y, half, gate, least, result);
}

}  // namespace sam6d
