#include "nets/exponential.hpp"

#include <cmath>
#include <limits>

#include <doctest/doctest.h>

namespace sam6d::test {
namespace {

/// What exponential() states.
constexpr double kRelativeError = 2e-7;

struct Run {
  const float* x;
  float* y;
  SAM6D_INLINE void operator()() const {
    ops::Floats from{};
    ops::Floats to{};
    ops::load(from, x);
    nets::exponential(from, to);
    ops::store(y, to);
  }
};

TEST_CASE("the exponential keeps to its error, with and without AVX2 alike") {
  double largest = 0;
  bool alike = true;
  for (int i = 0; i < 400'000; ++i) {
    float x[ops::kLanes];
    float y[ops::kLanes];
    float plain[ops::kLanes];
    // From 0 down to where float32 loses its full precision, denser near 0.
    for (int lane = 0; lane < ops::kLanes; ++lane) {
      const double at = (8.0 * i + lane) / 3.2e6;
      x[lane] = static_cast<float>(-87.0 * at * at);
    }
    ops::run_at(ops::simd_level(), Run{x, y});
    ops::run_at(ops::SimdLevel::kBaseline, Run{x, plain});
    for (int lane = 0; lane < ops::kLanes; ++lane) {
      const double expected = std::exp(static_cast<double>(x[lane]));
      largest = std::max(largest, std::abs(static_cast<double>(y[lane]) - expected) / expected);
      alike = alike && y[lane] == plain[lane];
    }
  }
  CHECK(largest <= kRelativeError);
  CHECK(alike);
}

TEST_CASE("the exponential is 1 at 0 and 0 where float32 ends") {
  const float x[ops::kLanes] = {0,
                                -0.0F,
                                -88.5F,
                                -100,
                                -1e10F,
                                -std::numeric_limits<float>::max(),
                                -std::numeric_limits<float>::infinity(),
                                0};
  float y[ops::kLanes];
  ops::run_at(ops::simd_level(), Run{x, y});
  CHECK(y[0] == 1);
  CHECK(y[1] == 1);
  for (int lane = 2; lane < 7; ++lane) CHECK(y[lane] == 0);
}

}  // namespace
}  // namespace sam6d::test
