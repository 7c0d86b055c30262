#include "nets/focusing.hpp"

#include <cmath>
#include <cstdint>

#include <ATen/Parallel.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_vector_norm.h>

#include "ops/lanes.hpp"

namespace sam6d::nets {
namespace {

using ops::Floats;
using ops::kLanes;

constexpr float kEpsilon = 1e-6F;
constexpr std::int64_t kRowsATask = 32;

SAM6D_INLINE float sum_of(const Floats& lanes) {
  float sum = 0;
  for (int i = 0; i < kLanes; ++i) sum += lanes[i];
  return sum;
}

/// One row; channels is a multiple of kLanes.
SAM6D_INLINE void focus_row(const float* x, const float* scale, std::int64_t channels, float* out) {
  Floats squares{};
  Floats sixths{};
  for (std::int64_t c = 0; c < channels; c += kLanes) {
    Floats value;
    Floats factor;
    ops::load(value, x + c);
    ops::load(factor, scale + c);
    const Floats y = ((value > 0.0F ? value : Floats{}) + kEpsilon) * factor;
    const Floats square = y * y;
    const Floats cube = square * y;
    squares += square;
    sixths += cube * cube;
    ops::store(out + c, cube);
  }
  const float ratio = std::sqrt(sum_of(squares)) / std::sqrt(sum_of(sixths));
  for (std::int64_t c = 0; c < channels; c += kLanes) {
    Floats cube;
    ops::load(cube, out + c);
    ops::store(out + c, Floats(cube * ratio));
  }
}

using FocusRow = void (*)(const float*, const float*, std::int64_t, float*);

void focus_row_baseline(const float* x, const float* scale, std::int64_t channels, float* out) {
  focus_row(x, scale, channels, out);
}

#if defined(__x86_64__)
SAM6D_TARGET_AVX2 void focus_row_avx2(const float* x, const float* scale, std::int64_t channels,
                                      float* out) {
  focus_row(x, scale, channels, out);
}
#endif

FocusRow focus_row_of(ops::SimdLevel level) {
#if defined(__x86_64__)
  if (level == ops::SimdLevel::kAvx2) return focus_row_avx2;
#endif
  static_cast<void>(level);
  return focus_row_baseline;
}

}  // namespace

at::Tensor composed_focused(const at::Tensor& x, const at::Tensor& scale, double power) {
  const auto norm = [](const at::Tensor& v) { return at::linalg_vector_norm(v, 2, {2}, true); };
  const at::Tensor y = x.relu().add_(kEpsilon).mul_(scale);
  const at::Tensor powered = power == 3.0 ? y.square().mul_(y) : y.pow(power);
  return powered.mul(norm(y).div_(norm(powered)));
}

at::Tensor focused(const at::Tensor& x, const at::Tensor& scale, double power) {
  const std::int64_t channels = x.size(2);
  if (!x.device().is_cpu() || x.scalar_type() != at::kFloat || power != 3.0 ||
      channels % kLanes != 0 || x.stride(2) != 1) {
    return composed_focused(x, scale, power).contiguous();
  }
  at::Tensor out = at::empty(x.sizes(), x.options());
  const at::Tensor factors = scale.contiguous();
  const FocusRow focus = focus_row_of(ops::simd_level());
  const std::int64_t rows = x.size(1);
  at::parallel_for(0, x.size(0) * rows, kRowsATask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      focus(x.data_ptr<float>() + i / rows * x.stride(0) + i % rows * x.stride(1),
            factors.data_ptr<float>(), channels, out.data_ptr<float>() + i * channels);
    }
  });
  return out;
}

}  // namespace sam6d::nets
