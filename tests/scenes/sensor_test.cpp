#include "scenes/sensor.hpp"

#include <cmath>

#include <doctest/doctest.h>

namespace sam6d::scenes {
namespace {

constexpr CameraIntrinsics kCamera{572, 572, 159.5, 119.5, 320, 240};
constexpr double kSigmaTolerance = 0.12;  // share; 76,800 correlated pixels give about 2 %

SensorInput wall(float depth_m) {
  SensorInput input;
  input.camera = kCamera;
  input.depth_m = Image<float>(kCamera.width, kCamera.height, depth_m);
  input.incidence = Image<float>(kCamera.width, kCamera.height, 1.0F);
  input.reflectance = input.incidence;
  input.holes = Image<float>(kCamera.width, kCamera.height, 0.0F);
  return input;
}

struct Statistics {
  double mean = 0;
  double sigma = 0;
  double missing = 0;  // share
};

Statistics statistics_of(const Image<float>& depth, int x0 = 0, int x1 = kCamera.width) {
  double sum = 0;
  double squares = 0;
  int count = 0;
  int pixels = 0;
  for (int y = 0; y < depth.height(); ++y) {
    for (int x = x0; x < x1; ++x) {
      ++pixels;
      const auto z = static_cast<double>(depth(x, y));
      if (z <= 0) continue;
      sum += z;
      squares += z * z;
      ++count;
    }
  }
  Statistics s;
  s.missing = 1 - static_cast<double>(count) / pixels;
  if (count == 0) return s;
  s.mean = sum / count;
  s.sigma = std::sqrt(std::max(0.0, squares / count - s.mean * s.mean));
  return s;
}

TEST_CASE("stereo noise follows the model and grows with the square of the distance") {
  SensorModel model;
  model.random_holes = 0;
  for (const double z : {0.5, 1.0, 2.0}) {
    CAPTURE(z);
    // Slightly off the disparity steps, so that quantisation is spread.
    const Statistics s = statistics_of(measure(wall(static_cast<float>(z)), model, 1));
    const double sigma = stereo_sigma_m(model, kCamera, z);
    CHECK(s.sigma == doctest::Approx(sigma).epsilon(kSigmaTolerance));
    CHECK(std::abs(s.mean - z) < sigma);
  }
  CHECK(stereo_sigma_m(model, kCamera, 2.0) ==
        doctest::Approx(4 * stereo_sigma_m(model, kCamera, 1.0)));
}

TEST_CASE("dark surfaces are noisier, grazing ones and mirrors have holes") {
  SensorModel model;
  model.random_holes = 0;
  SensorInput dark = wall(1.0F);
  dark.reflectance = Image<float>(kCamera.width, kCamera.height, 0.0F);
  CHECK(statistics_of(measure(dark, model, 1)).sigma >
        1.1 * statistics_of(measure(wall(1.0F), model, 1)).sigma);
  SensorInput grazing = wall(1.0F);
  grazing.incidence = Image<float>(kCamera.width, kCamera.height, 0.1F);
  const double missing = statistics_of(measure(grazing, model, 1)).missing;
  CHECK(missing == doctest::Approx(0.5).epsilon(0.05));
  SensorInput mirror = wall(1.0F);
  mirror.holes = Image<float>(kCamera.width, kCamera.height, 0.5F);
  CHECK(statistics_of(measure(mirror, model, 1)).missing == doctest::Approx(0.5).epsilon(0.3));
}

TEST_CASE("depth out of range is missing, depth in range is a multiple of the quantum") {
  SensorModel model;
  model.quantum_m = 0.001;
  CHECK(statistics_of(measure(wall(0.1F), model, 1)).missing == 1);
  CHECK(statistics_of(measure(wall(4.0F), model, 1)).missing == 1);
  const Image<float> depth = measure(wall(1.0F), model, 1);
  for (int x = 0; x < depth.width(); ++x) {
    const double steps = static_cast<double>(depth(x, 7)) / model.quantum_m;
    CHECK(std::abs(steps - std::round(steps)) < 1e-3);
  }
}

TEST_CASE("the projector's shadow and ragged edges surround a nearer object") {
  SensorInput input = wall(1.0F);
  constexpr int kLeft = 140;
  constexpr int kRight = 180;
  for (int y = 0; y < kCamera.height; ++y) {
    for (int x = kLeft; x < kRight; ++x) input.depth_m(x, y) = 0.7F;
  }
  SensorModel model;
  model.random_holes = 0;
  const Image<float> depth = measure(input, model, 3);
  // Disparities differ by f b (1/0.7 - 1/1) = 18.4 px: so wide is the shadow on the left, since
  // the projector is on the right.
  CHECK(statistics_of(depth, kLeft - 15, kLeft - 3).missing > 0.9);
  CHECK(statistics_of(depth, kLeft - 40, kLeft - 22).missing < 0.05);
  CHECK(statistics_of(depth, kRight + 3, kRight + 20).missing < 0.05);
  CHECK(statistics_of(depth, kRight, kRight + 1).missing > 0.2);
  model.projector_shadow = false;
  CHECK(statistics_of(measure(input, model, 3), kLeft - 15, kLeft - 3).missing < 0.05);
}

TEST_CASE("time of flight: noise, flying pixels between surfaces, half the resolution") {
  SensorModel model;
  model.kind = SensorModel::Kind::kTimeOfFlight;
  model.multipath_m = 0;
  const Statistics s = statistics_of(measure(wall(1.0F), model, 1));
  // White, seen straight on: the light term of the model is 1.
  CHECK(s.sigma ==
        doctest::Approx(model.noise_floor_m + model.noise_quadratic).epsilon(kSigmaTolerance));
  CHECK(s.mean == doctest::Approx(1.0).epsilon(0.001));

  SensorInput step = wall(1.0F);
  for (int y = 0; y < kCamera.height; ++y) {
    for (int x = 0; x < 101; ++x) step.depth_m(x, y) = 0.9F;
  }
  const Image<float> depth = measure(step, model, 1);
  const Statistics flying = statistics_of(depth, 100, 102);  // one sensor pixel, half and half
  CHECK(flying.mean == doctest::Approx(0.95).epsilon(0.01));
  for (int y = 0; y < kCamera.height; y += 2) CHECK(depth(40, y) == depth(41, y + 1));
}

TEST_CASE("the same seed gives the same measurement") {
  const SensorModel model;
  const Image<float> a = measure(wall(1.0F), model, 5);
  const Image<float> b = measure(wall(1.0F), model, 5);
  const Image<float> c = measure(wall(1.0F), model, 6);
  CHECK(std::equal(a.data(), a.data() + a.size(), b.data()));
  CHECK_FALSE(std::equal(a.data(), a.data() + a.size(), c.data()));
}

}  // namespace
}  // namespace sam6d::scenes
