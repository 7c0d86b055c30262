#include "nets/rigid_fit.hpp"

#include <filesystem>

#include <ATen/ops/eye.h>
#include <ATen/ops/linalg_det.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/ones.h>
#include <ATen/ops/zeros.h>
#include <doctest/doctest.h>

#include "support/errors.hpp"
#include "support/golden.hpp"

namespace sam6d::test {
namespace {

const std::filesystem::path kGoldens =
    std::filesystem::path(SAM6D_TEST_DATA) / "pem" / "procrustes.safetensors";

/// Entries of rotations and, in units of the points (up to 9), of translations: what the reference
/// loses by working in float32, 7e-6 at most, and rounding.
constexpr double kAgreement = 1e-5;
/// A rotation's distance from one, of float32 entries.
constexpr double kProper = 1e-6;
/// Centroids of float32 points up to 9 from the origin, moved by a rotation of float32.
constexpr double kCentroid = 3e-6;

nets::RigidFits fit_case(const Golden& golden, const std::string& name) {
  const at::Tensor weights =
      golden.has(name + ".weights") ? golden[name + ".weights"] : at::Tensor();
  return nets::fit_rigid(golden[name + ".src"], golden[name + ".ref"], weights,
                         golden[name + ".weight_thresh"].item<float>());
}

void check_proper(const at::Tensor& R) {
  const at::Tensor identity = at::eye(3, R.options()).expand_as(R).contiguous();
  CHECK(largest_difference(at::matmul(R, R.transpose(1, 2)), identity) <= kProper);
  CHECK(largest_difference(at::linalg_det(R), at::ones({R.size(0)}, R.options())) <= kProper);
}

TEST_CASE("rigid fits with a unique rotation are the reference's") {
  const Golden golden(kGoldens);
  for (const char* name : {"three_points_exact", "three_points_noisy_far", "many_points_weights",
                           "weights_below_thresh_dropped", "tiny_weights", "reflection",
                           "random_three_points", "planar", "zero_weights"}) {
    CAPTURE(name);
    const nets::RigidFits fit = fit_case(golden, name);
    CHECK(largest_difference(fit.R, golden[std::string(name) + ".R"]) <= kAgreement);
    CHECK(largest_difference(fit.t, golden[std::string(name) + ".t"]) <= kAgreement);
    check_proper(fit.R);
  }
}

TEST_CASE("rigid fits of points that leave a rotation open fit no worse than the reference's") {
  const Golden golden(kGoldens);
  for (const std::string name : {"collinear", "two_equal_of_three", "three_equal"}) {
    CAPTURE(name);
    const nets::RigidFits fit = fit_case(golden, name);
    check_proper(fit.R);
    const at::Tensor& a = golden[name + ".src"];
    const at::Tensor& b = golden[name + ".ref"];
    // Weights sum to n / (n + 1e-5), and centroids are that much too short.
    const double scale = 1.0 / (static_cast<double>(a.size(1)) + 1e-5);
    const at::Tensor moved_centroid =
        at::matmul(fit.R, a.sum(1).mul(scale).unsqueeze(2)).squeeze(2).add(fit.t);
    CHECK(largest_difference(moved_centroid, b.sum(1).mul(scale)) <= kCentroid);
    const auto squared_error = [&](const at::Tensor& R, const at::Tensor& t) {
      return at::matmul(a, R.transpose(1, 2)).add(t.unsqueeze(1)).sub(b).square().sum({1, 2});
    };
    const at::Tensor excess =
        squared_error(fit.R, fit.t).sub(squared_error(golden[name + ".R"], golden[name + ".t"]));
    CHECK(excess.max().item<float>() <= kAgreement);
  }
}

TEST_CASE("a rigid fit without any weight is the identity") {
  const at::Tensor a = formula_tensor("a", {2, 5, 3});
  const at::Tensor b = formula_tensor("b", {2, 5, 3});
  const at::Tensor none = at::zeros({2, 5}, a.options());
  for (const auto& [weights, threshold] :
       {std::pair{none, 0.0F}, {at::ones({2, 5}, a.options()), 2.0F}}) {
    const nets::RigidFits fit = nets::fit_rigid(a, b, weights, threshold);
    CHECK(equal(fit.R, at::eye(3, a.options()).expand({2, 3, 3}).contiguous()));
    CHECK(equal(fit.t, none.narrow(1, 0, 3).contiguous()));
  }
}

TEST_CASE("a rigid fit of one point moves it, and none is none") {
  const at::Tensor a = formula_tensor("a", {1, 1, 3});
  const at::Tensor b = formula_tensor("b", {1, 1, 3});
  const nets::RigidFits fit = nets::fit_rigid(a, b, {});
  check_proper(fit.R);
  CHECK(largest_difference(at::matmul(a, fit.R.transpose(1, 2)).add(fit.t), b) <= kAgreement);
  CHECK(nets::fit_rigid(a.narrow(0, 0, 0), b.narrow(0, 0, 0), {}).R.size(0) == 0);
}

TEST_CASE("a rigid fit refuses clouds that do not belong together") {
  const at::Tensor a = formula_tensor("a", {2, 5, 3});
  CHECK(
      mentions(error_of([&] { (void)nets::fit_rigid(a, a.narrow(1, 0, 4), {}); }), "fit_rigid: b"));
  CHECK(mentions(error_of([&] { (void)nets::fit_rigid(a, a, a); }), "fit_rigid: weights"));
}

}  // namespace
}  // namespace sam6d::test
