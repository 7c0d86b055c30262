#pragma once

#include <cmath>
#include <filesystem>
#include <string>

#include "base/fail.hpp"
#include "sam6d/image.hpp"

namespace sam6d {

/// Metres a value of a depth picture, from BOP's depth_scale (millimetres a value).
inline double metres_per_depth_value(double depth_scale, const std::string& source) {
  if (!std::isfinite(depth_scale) || depth_scale <= 0) {
    fail(ErrorCode::kInvalidArgument, "{}: expected a positive depth_scale, found {}", source,
         depth_scale);
  }
  return depth_scale / 1000.0;
}

/// 0 for what is no measurement.
inline float depth_in_metres(double value, double metres_per_value) {
  const double metres = value * metres_per_value;
  return std::isfinite(metres) && metres > 0 ? static_cast<float>(metres) : 0.0F;
}

/// Depth from an NPY array of H x W.
[[nodiscard]] Image<float> load_depth_npy(const std::filesystem::path& path,
                                          double metres_per_value);

}  // namespace sam6d
