#pragma once

#include <cstdint>

#include "sam6d/export.hpp"

namespace sam6d {

/// How hard the geometric backends search. The defaults suit pictures of 640 x 480 at 0.25 .. 2.5
/// m.
struct GeometricSearchOptions {
  enum class Effort {
    kFast,      ///< fewer reference points and hypotheses
    kFull,      ///< the best accuracy
    kAdaptive,  ///< fast first; full for objects of which no sure pose was found
  };
  Effort effort = Effort::kAdaptive;
  /// Compare colours with the CAD model's, when it has any. Turn off for models with wrong colours.
  bool use_color = true;
  /// Find flat supports (tables, floors, walls), do not match against them, and take poses that
  /// reach through them for wrong.
  bool use_support_planes = true;
  double min_depth_m = 0.1;  ///< nearer depth is not used
  double max_depth_m = 4.0;  ///< farther depth is not used
  /// Standard deviation of the depth sensor: noise_floor_m + noise_quadratic * z^2 (z in metres).
  double noise_floor_m = 0.0005;
  double noise_quadratic = 0.0014;
  std::uint64_t seed = 0;
  int threads = 0;  ///< 0 = one a core

  /// Throws Error(kInvalidArgument) that names the field.
  SAM6D_API void validate() const;
};

}  // namespace sam6d
