#pragma once

#include <vector>

namespace sam6d {

/// A picture of inverse depth with a margin of zeros on every side, zero meaning no depth.
struct InverseDepth {
  int width = 0;   ///< without the margin
  int height = 0;  ///< without the margin
  int margin = 0;
  int stride = 0;             ///< floats a row
  std::vector<float> values;  ///< (height + 2 margin) rows

  InverseDepth(int width, int height, int margin);
  [[nodiscard]] const float* row(int y) const {
    return values.data() + static_cast<std::ptrdiff_t>(y + margin) * stride + margin;
  }
  [[nodiscard]] float* row(int y) {
    return values.data() + static_cast<std::ptrdiff_t>(y + margin) * stride + margin;
  }
};

/// q(u, v) = q0 + slope_x (u - x) + slope_y (v - y), one a pixel of a row; q0 = 0: no plane fits.
struct PlaneFitRow {
  std::vector<float> q0;
  std::vector<float> slope_x;
  std::vector<float> slope_y;
};

enum class SimdLevel { kScalar, kAvx2 };

/// The best that this machine has.
[[nodiscard]] SimdLevel simd_level();

/// Least-squares planes in inverse depth, which are exact for planes in space, over windows of
/// (2 half + 1)^2 pixels. Only neighbours within `gate` times the pixel's own inverse depth count;
/// `least` of them are needed. `half` must not exceed the picture's margin.
void fit_planes(const InverseDepth& picture, int y, int half, float gate, int least,
                SimdLevel level, PlaneFitRow& result);

}  // namespace sam6d
