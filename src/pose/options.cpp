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

void NeuralPoseOptions::validate() const {
  search.validate();
  if (!weights) {
    fail(ErrorCode::kInvalidArgument,
         "weights: expected those of the pose network (Weights::from_file), found none");
  }
  const auto in_range = [](const char* field, int value, int least, int most) {
    if (value < least || value > most) {
      fail(ErrorCode::kInvalidArgument, "{}: expected {}..{}, found {}", field, least, most, value);
    }
  };
  in_range("batch_size", batch_size, 1, 256);
  in_range("template_views", template_views, 0, 10'000);
  in_range("cached_objects", cached_objects, 1, 10'000);
  if (device.index < 0) {
    fail(ErrorCode::kInvalidArgument, "device.index: expected 0 or more, found {}", device.index);
  }
  const auto is_share = [](const char* field, float value) {
    if (!(value >= 0.0F && value <= 1.0F)) {
      fail(ErrorCode::kInvalidArgument, "{}: expected 0..1, found {}", field, value);
    }
  };
  is_share("min_detection_score", min_detection_score);
  is_share("min_score", min_score);
}

}  // namespace sam6d
