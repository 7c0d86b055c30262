#include <cmath>

#include "base/fail.hpp"
#include "sam6d/geometric_search.hpp"
#include "sam6d/pose_estimator.hpp"

namespace sam6d {

void GeometricSearchOptions::validate() const {
  if (!std::isfinite(min_depth_m) || min_depth_m < 0) {
    fail(ErrorCode::kInvalidArgument, "min_depth_m: expected a number >= 0, found {}", min_depth_m);
  }
  if (!std::isfinite(max_depth_m) || max_depth_m <= min_depth_m) {
    fail(ErrorCode::kInvalidArgument, "max_depth_m: expected more than min_depth_m {}, found {}",
         min_depth_m, max_depth_m);
  }
  if (!std::isfinite(noise_floor_m) || noise_floor_m < 0 || noise_floor_m > 0.1) {
    fail(ErrorCode::kInvalidArgument, "noise_floor_m: expected 0..0.1, found {}", noise_floor_m);
  }
  if (!std::isfinite(noise_quadratic) || noise_quadratic < 0 || noise_quadratic > 0.1) {
    fail(ErrorCode::kInvalidArgument, "noise_quadratic: expected 0..0.1, found {}",
         noise_quadratic);
  }
  if (threads < 0) {
    fail(ErrorCode::kInvalidArgument, "threads: expected 0 (one a core) or more, found {}",
         threads);
  }
}

void GeometricPoseOptions::validate() const {
  search.validate();
  if (!(min_score >= 0.0F && min_score <= 1.0F)) {
    fail(ErrorCode::kInvalidArgument, "min_score: expected 0..1, found {}", min_score);
  }
  if (k_best < 1 || k_best > 100) {
    fail(ErrorCode::kInvalidArgument, "k_best: expected 1..100, found {}", k_best);
  }
}

}  // namespace sam6d
