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
struct FocusedRow {
  const float* x;
  const float* scale;
  std::int64_t channels;
  float* out;

  SAM6D_INLINE void operator()() const {
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
};

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
  const ops::SimdLevel level = ops::simd_level();
  const std::int64_t rows = x.size(1);
  at::parallel_for(0, x.size(0) * rows, kRowsATask, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      ops::run_at(
          level,
          FocusedRow{x.data_ptr<float>() + i / rows * x.stride(0) + i % rows * x.stride(1),
                     factors.data_ptr<float>(), channels, out.data_ptr<float>() + i * channels});
    }
  });
  return out;
}

}  // namespace sam6d::nets
