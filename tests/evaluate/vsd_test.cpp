#include <cmath>
#include <limits>

#include <doctest/doctest.h>

#include "sam6d/error.hpp"
#include "sam6d/evaluate.hpp"

namespace sam6d {
namespace {

// A long lens on a small picture, so that distances are depths to within 0.01 mm.
const CameraIntrinsics kCamera{4000, 4000, 4.5, 0.5, 10, 2};
constexpr double kDiameter_m = 0.1;

/// Depth in the columns x0 .. x1-1, nothing elsewhere.
Image<float> columns(int x0, int x1, float depth_m) {
  Image<float> picture(kCamera.width, kCamera.height);
  for (int y = 0; y < picture.height(); ++y) {
    for (int x = x0; x < x1; ++x) picture(x, y) = depth_m;
  }
  return picture;
}

std::vector<double> errors(const Image<float>& estimate, const Image<float>& truth,
                           const Image<float>& measured) {
  return vsd(estimate.view(), truth.view(), measured.view(), kCamera, kDiameter_m).errors;
}

const Image<float> kTable = columns(0, 10, 1.2F);

TEST_CASE("VSD of equal renderings is zero") {
  for (const double error : errors(columns(2, 6, 1.0F), columns(2, 6, 1.0F), kTable)) {
    CHECK(error == 0.0);
  }
}

TEST_CASE("VSD counts the pixels that only one of the renderings covers") {
  // Columns 2-5 and 4-7: two of six in common.
  const VsdResult result = vsd(columns(4, 8, 1.0F).view(), columns(2, 6, 1.0F).view(),
                               kTable.view(), kCamera, kDiameter_m);
  CHECK(result.rendered_truth == 8);
  CHECK(result.rendered_estimate == 8);
  CHECK(result.visible_both == 4);
  CHECK(result.visible_either == 12);
  for (const double error : result.errors) CHECK(error == doctest::Approx(8.0 / 12.0));
}

TEST_CASE("VSD takes surfaces for different from tau of the diameter on") {
  // 12 mm apart = 0.12 of the diameter: taus 0.05 and 0.10 disagree.
  const auto found = errors(columns(2, 6, 1.012F), columns(2, 6, 1.0F), kTable);
  REQUIRE(found.size() == 10);
  CHECK(found[0] == 1.0);
  CHECK(found[1] == 1.0);
  for (std::size_t i = 2; i < found.size(); ++i) CHECK(found[i] == 0.0);
}

TEST_CASE("VSD leaves out what is hidden behind something measured") {
  // An occluder in columns 0-3 hides half of the true surface; the estimate misses that half.
  Image<float> measured = kTable;
  for (int y = 0; y < 2; ++y) {
    for (int x = 0; x < 4; ++x) measured(x, y) = 0.5F;
  }
  const VsdResult result = vsd(columns(4, 6, 1.0F).view(), columns(2, 6, 1.0F).view(),
                               measured.view(), kCamera, kDiameter_m);
  CHECK(result.visible_truth == 4);
  for (const double error : result.errors) CHECK(error == 0.0);
}

TEST_CASE("VSD sees surfaces up to delta behind the measured one, and where nothing is measured") {
  const Image<float> truth = columns(2, 6, 1.0F);
  const auto visible = [&](float measured_m) {
    return vsd(truth.view(), truth.view(), columns(0, 10, measured_m).view(), kCamera, kDiameter_m)
        .visible_truth;
  };
  CHECK(visible(0.99F) == 8);
  CHECK(visible(0.98F) == 0);
  CHECK(visible(0.0F) == 8);
  CHECK(visible(std::numeric_limits<float>::quiet_NaN()) == 8);
}

TEST_CASE("where the true surface is seen, the estimated one is, however deep it lies") {
  // The estimate lies 30 mm behind what is measured, which is the true surface.
  const VsdResult result = vsd(columns(2, 6, 1.03F).view(), columns(2, 6, 1.0F).view(),
                               columns(0, 10, 1.0F).view(), kCamera, kDiameter_m);
  CHECK(result.visible_estimate == 8);
  CHECK(result.errors[4] == 1.0);  // tau 0.25
  CHECK(result.errors[7] == 0.0);  // tau 0.40
}

TEST_CASE("VSD measures along the rays, not along the optical axis") {
  // At 45 degrees a depth step of 10 mm is 14.1 mm long: tau 0.10 agrees with one, not the other.
  const CameraIntrinsics wide{1, 1, 0, 0, 2, 1};
  Image<float> truth(2, 1);
  Image<float> estimate(2, 1);
  Image<float> measured(2, 1);
  truth(1, 0) = 1.0F;
  estimate(1, 0) = 1.009F;
  const auto found = vsd(estimate.view(), truth.view(), measured.view(), wide, kDiameter_m).errors;
  CHECK(found[1] == 1.0);  // 12.7 mm against 10 mm
  CHECK(found[2] == 0.0);  // against 15 mm
}

TEST_CASE("VSD is one when neither pose is in the picture") {
  const Image<float> nothing(kCamera.width, kCamera.height);
  for (const double error : errors(nothing, nothing, kTable)) CHECK(error == 1.0);
}

TEST_CASE("VSD refuses pictures of another size and senseless numbers") {
  const Image<float> small(3, 2);
  const Image<float> good = columns(2, 6, 1.0F);
  CHECK_THROWS_AS((void)vsd(small.view(), good.view(), good.view(), kCamera, kDiameter_m), Error);
  CHECK_THROWS_AS((void)vsd(good.view(), good.view(), {}, kCamera, kDiameter_m), Error);
  CHECK_THROWS_AS((void)vsd(good.view(), good.view(), good.view(), kCamera, 0.0), Error);
  CHECK_THROWS_AS((void)vsd(good.view(), good.view(), good.view(), kCamera, kDiameter_m,
                            VsdOptions{-0.01, {0.1}}),
                  Error);
  CHECK_THROWS_AS(
      (void)vsd(good.view(), good.view(), good.view(), kCamera, kDiameter_m, VsdOptions{0.015, {}}),
      Error);
}

}  // namespace
}  // namespace sam6d
