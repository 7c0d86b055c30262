#pragma once

#include <cstdint>

#include "sam6d/camera.hpp"
#include "sam6d/image.hpp"

/// What depth cameras make of the true depth.
namespace sam6d::scenes {

/// Pictures of one size: what a depth camera looks at.
struct SensorInput {
  CameraIntrinsics camera;
  Image<float> depth_m;      ///< true, along the optical axis; 0 = nothing
  Image<float> incidence;    ///< cosine between the ray and the surface's normal
  Image<float> reflectance;  ///< 0 = black .. 1 = white
  Image<float> holes;        ///< share of a surface that gives no depth: 0 = matt, 1 = mirror
};

struct SensorModel {
  enum class Kind { kIdeal, kStereo, kTimeOfFlight };
  Kind kind = Kind::kStereo;
  double min_depth_m = 0.2;
  double max_depth_m = 3.5;
  double quantum_m = 1e-4;  ///< depth is a multiple of this

  // Stereo with a projector: the error of the disparity is constant, so that of the depth grows
  // with its square.
  double baseline_m = 0.075;
  double disparity_noise_px = 0.08;
  double disparity_step_px = 0.125;
  double lateral_jitter_px = 0.35;  ///< standard deviation; makes edges ragged
  double edge_dropout = 0.5;        ///< probability of no depth next to a depth edge
  bool projector_shadow = true;     ///< what the projector, a baseline to the right, does not see
  double random_holes = 0.02;       ///< share of 20 px patches with a small hole

  // Time of flight.
  double noise_floor_m = 0.0015;   ///< standard deviation on white at 0
  double noise_quadratic = 0.002;  ///< plus this times z^2 (z in metres)
  double multipath_m = 0.006;      ///< bias in corners, at most
  int binning = 2;                 ///< pixels of the colour picture a sensor pixel
};

/// The depth picture that the sensor gives; 0 = no measurement. The same seed gives the same.
[[nodiscard]] Image<float> measure(const SensorInput& input, const SensorModel& model,
                                   std::uint64_t seed);

/// Standard deviation of the stereo depth error, quantisation included, without edges and jitter.
[[nodiscard]] double stereo_sigma_m(const SensorModel& model, const CameraIntrinsics& camera,
                                    double depth_m);

}  // namespace sam6d::scenes
