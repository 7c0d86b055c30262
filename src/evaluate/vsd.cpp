#include <cmath>
#include <limits>
#include <vector>

#include "base/fail.hpp"
#include "sam6d/evaluate.hpp"

namespace sam6d {
namespace {

void require_size(const ImageView<float>& picture, const CameraIntrinsics& camera,
                  const char* name) {
  if (picture.empty() || picture.width != camera.width || picture.height != camera.height) {
    fail(ErrorCode::kInvalidArgument, "{}: expected the camera's size {} x {}, found {} x {}", name,
         camera.width, camera.height, picture.width, picture.height);
  }
}

/// Visible share decision of BOP19: a surface is seen unless something measured lies more than
/// `delta_m` in front of it. Distances are from the camera's centre; 0 = nothing there.
bool is_visible(double surface_m, double measured_m, double delta_m) {
  return surface_m > 0 && (measured_m == 0 || surface_m - measured_m <= delta_m);
}

}  // namespace

void VsdOptions::validate() const {
  if (!(delta_m >= 0) || !std::isfinite(delta_m)) {
    fail(ErrorCode::kInvalidArgument, "VsdOptions.delta_m: expected 0 or more, found {}", delta_m);
  }
  if (taus.empty()) {
    fail(ErrorCode::kInvalidArgument, "VsdOptions.taus: expected at least one, found none");
  }
  for (const double tau : taus) {
    if (!(tau > 0) || !std::isfinite(tau)) {
      fail(ErrorCode::kInvalidArgument, "VsdOptions.taus: expected positive shares, found {}", tau);
    }
  }
}

VsdResult vsd(const ImageView<float>& estimate_depth_m, const ImageView<float>& truth_depth_m,
              const ImageView<float>& measured_depth_m, const CameraIntrinsics& camera,
              double diameter_m, const VsdOptions& options) {
  options.validate();
  validate(camera);
  require_size(estimate_depth_m, camera, "estimate_depth_m");
  require_size(truth_depth_m, camera, "truth_depth_m");
  require_size(measured_depth_m, camera, "measured_depth_m");
  if (!(diameter_m > 0) || !std::isfinite(diameter_m)) {
    fail(ErrorCode::kInvalidArgument, "diameter_m: expected a positive number, found {}",
         diameter_m);
  }

  VsdResult result;
  std::vector<int> disagreeing(options.taus.size(), 0);
  for (int y = 0; y < camera.height; ++y) {
    const float* const estimate_row = estimate_depth_m.row(y);
    const float* const truth_row = truth_depth_m.row(y);
    const float* const measured_row = measured_depth_m.row(y);
    const double ray_y = (y - camera.cy) / camera.fy;
    for (int x = 0; x < camera.width; ++x) {
      const bool has_estimate = estimate_row[x] > 0;
      const bool has_truth = truth_row[x] > 0;
      if (!has_estimate && !has_truth) continue;
      const double ray_x = (x - camera.cx) / camera.fx;
      const double to_distance = std::sqrt(1.0 + ray_x * ray_x + ray_y * ray_y);
      const double estimate = has_estimate ? to_distance * estimate_row[x] : 0.0;
      const double truth = has_truth ? to_distance * truth_row[x] : 0.0;
      const double measured = measured_row[x] > 0 ? to_distance * measured_row[x] : 0.0;
      const bool sees_truth = is_visible(truth, measured, options.delta_m);
      // Where the true surface is seen, the estimated one is too, if only there is one.
      const bool sees_estimate =
          has_estimate && (sees_truth || is_visible(estimate, measured, options.delta_m));
      result.rendered_truth += has_truth ? 1 : 0;
      result.rendered_estimate += has_estimate ? 1 : 0;
      result.visible_truth += sees_truth ? 1 : 0;
      result.visible_estimate += sees_estimate ? 1 : 0;
      result.visible_either += sees_truth || sees_estimate ? 1 : 0;
      if (!sees_truth || !sees_estimate) continue;
      ++result.visible_both;
      const double share = std::abs(estimate - truth) / diameter_m;
      for (std::size_t i = 0; i < options.taus.size(); ++i) {
        disagreeing[i] += share >= options.taus[i] ? 1 : 0;
      }
    }
  }

  const int seen_once = result.visible_either - result.visible_both;
  for (const int count : disagreeing) {
    result.errors.push_back(result.visible_either > 0
                                ? static_cast<double>(count + seen_once) /
                                      static_cast<double>(result.visible_either)
                                : 1.0);
  }
  return result;
}

}  // namespace sam6d
