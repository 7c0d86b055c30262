#include "ops/rigid_fits.hpp"

#include <cmath>
#include <random>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/matmul.h>
#include <doctest/doctest.h>
#include <Eigen/LU>
#include <Eigen/SVD>

#include "ops/cpu_rigid_fits.hpp"
#include "support/errors.hpp"
#include "support/golden.hpp"

namespace sam6d::test {
namespace {

using Matrix = Eigen::Matrix<double, 3, 3, Eigen::RowMajor>;

/// Of float32 entries of rotations.
constexpr double kRounding = 2e-7;
/// Of residuals of points below 2, and of translations.
constexpr double kSums = 1e-6;

/// The textbook's way: V diag(1, 1, det(V U^T)) U^T.
Matrix rotation_by_svd(const Matrix& covariance) {
  const Eigen::JacobiSVD<Matrix> svd(covariance, Eigen::ComputeFullU | Eigen::ComputeFullV);
  const double sign = (svd.matrixV() * svd.matrixU().transpose()).determinant() < 0 ? -1 : 1;
  return svd.matrixV() * Eigen::Vector3d(1, 1, sign).asDiagonal() * svd.matrixU().transpose();
}

/// Covariances whose second singular value is at least a hundredth of the first, and the third
/// anything: from rotations and mirror images to flat ones, at all scales.
std::vector<Matrix> covariances(int count) {
  std::mt19937 random(5);
  std::uniform_real_distribution<double> uniform(-1, 1);
  std::vector<Matrix> result;
  while (static_cast<int>(result.size()) < count) {
    const Matrix noise = Matrix::NullaryExpr([&] { return uniform(random); });
    const Eigen::JacobiSVD<Matrix> svd(noise, Eigen::ComputeFullU | Eigen::ComputeFullV);
    const double second = 0.01 + 0.99 * std::abs(uniform(random));
    const double third = result.size() % 3 == 0 ? 0.0 : 0.5 * second * uniform(random);
    const double scale = std::pow(10.0, 6 * uniform(random));
    result.push_back(svd.matrixU() *
                     Eigen::Vector3d(scale, scale * second, scale * third).asDiagonal() *
                     svd.matrixV().transpose());
  }
  return result;
}

at::Tensor tensor_of(const std::vector<Matrix>& matrices) {
  const at::Tensor tensor =
      at::empty({static_cast<std::int64_t>(matrices.size()), 3, 3}, at::kDouble);
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    std::copy_n(matrices[i].data(), 9, tensor.data_ptr<double>() + 9 * i);
  }
  return tensor;
}

TEST_CASE("closest rotations are those of the singular value decomposition") {
  const std::vector<Matrix> matrices = covariances(999);
  const at::Tensor R = ops::closest_rotations(tensor_of(matrices));
  double largest = 0;
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    const Matrix expected = rotation_by_svd(matrices[i]);
    for (int k = 0; k < 9; ++k) {
      largest = std::max(
          largest,
          std::abs(expected.data()[k] -
                   static_cast<double>(R.data_ptr<float>()[9 * i + static_cast<std::size_t>(k)])));
    }
  }
  CHECK(largest <= kRounding);
}

TEST_CASE("closest rotations of line-like and empty covariances are rotations that fit as well") {
  std::vector<Matrix> matrices;
  for (const Matrix& full : covariances(40)) {
    matrices.push_back(full.col(0) * full.row(1));
    matrices.push_back(full.col(0) * full.col(0).transpose() * -1);
  }
  matrices.push_back(Matrix::Zero());
  matrices.push_back(Matrix::Identity() * -1);
  const at::Tensor R = ops::closest_rotations(tensor_of(matrices));
  for (std::size_t i = 0; i < matrices.size(); ++i) {
    const Matrix r =
        Eigen::Map<const Eigen::Matrix<float, 3, 3, Eigen::RowMajor>>(R.data_ptr<float>() + 9 * i)
            .cast<double>();
    CHECK((r * r.transpose() - Matrix::Identity()).norm() <= 1e-6);
    CHECK(r.determinant() == doctest::Approx(1).epsilon(1e-6));
    const double trace = (r * matrices[i]).trace();
    const double best = (rotation_by_svd(matrices[i]) * matrices[i]).trace();
    CHECK(trace >= best - 1e-6 * matrices[i].norm());
  }
  CHECK(at::matmul(R[80], R[80]).equal(R[80]));  // of zeros it is the identity
}

struct TripleCase {
  at::Tensor a = formula_tensor("a", {2, 30, 3});
  at::Tensor b = formula_tensor("b", {2, 20, 3});
  at::Tensor a_idx = at::empty({2, 3 * 51}, at::kInt);
  at::Tensor b_idx = at::empty({2, 3 * 51}, at::kInt);
  TripleCase() {
    std::mt19937 random(2);
    for (std::int64_t i = 0; i < a_idx.numel(); ++i) {
      a_idx.data_ptr<std::int32_t>()[i] = static_cast<std::int32_t>(random() % 30);
      b_idx.data_ptr<std::int32_t>()[i] = static_cast<std::int32_t>(random() % 20);
    }
  }
};

TEST_CASE("fits of triples are least-squares motions with their residuals") {
  const TripleCase of;
  const ops::TripleFits fits = ops::fit_triples(of.a, of.b, of.a_idx, of.b_idx);
  REQUIRE(fits.R.sizes() == at::IntArrayRef({2, 51, 3, 3}));
  for (std::int64_t item = 0; item < 2; ++item) {
    for (std::int64_t fit = 0; fit < 51; ++fit) {
      Eigen::Matrix3d a, b;  // a point a column
      for (int k = 0; k < 3; ++k) {
        const std::int64_t pair = item * 153 + 3 * fit + k;
        for (int c = 0; c < 3; ++c) {
          a(c, k) = static_cast<double>(
              of.a.data_ptr<float>()[(item * 30 + of.a_idx.data_ptr<std::int32_t>()[pair]) * 3 +
                                     c]);
          b(c, k) = static_cast<double>(
              of.b.data_ptr<float>()[(item * 20 + of.b_idx.data_ptr<std::int32_t>()[pair]) * 3 +
                                     c]);
        }
      }
      const double w = 1 / (3 + 1e-5);
      const Eigen::Vector3d from = w * a.rowwise().sum();
      const Eigen::Vector3d to = w * b.rowwise().sum();
      const Matrix covariance = w * (a.colwise() - from) * (b.colwise() - to).transpose();
      const Eigen::Vector3d singular = Eigen::JacobiSVD<Matrix>(covariance).singularValues();
      if (singular[1] < 1e-2 * singular[0]) continue;
      const Matrix R = rotation_by_svd(covariance);
      const Eigen::Vector3d t = to - R * from;
      const double residual = (R.transpose() * (b.colwise() - t) - a).colwise().norm().mean();
      const std::int64_t at = item * 51 + fit;
      for (int i = 0; i < 3; ++i) {
        CHECK(std::abs(t[i] - static_cast<double>(fits.t.data_ptr<float>()[3 * at + i])) <= kSums);
        for (int j = 0; j < 3; ++j) {
          CHECK(std::abs(R(i, j) - static_cast<double>(
                                       fits.R.data_ptr<float>()[9 * at + 3 * i + j])) <= kRounding);
        }
      }
      CHECK(std::abs(residual - static_cast<double>(fits.residual.data_ptr<float>()[at])) <= kSums);
    }
  }
}

TEST_CASE("fits of triples clamp indices to the clouds") {
  const TripleCase of;
  const ops::TripleFits expected = ops::fit_triples(of.a, of.b, of.a_idx.clamp(4, 29), of.b_idx);
  const at::Tensor beyond = of.a_idx.clamp_min(4).add(of.a_idx.ge(29).to(at::kInt), 1000);
  CHECK(equal(ops::fit_triples(of.a, of.b, beyond, of.b_idx).R, expected.R));
}

TEST_CASE("fits with and without AVX2 agree to the last bit") {
  const std::vector<Matrix> matrices = covariances(33);
  const at::Tensor covariance = tensor_of(matrices);
  const at::Tensor baseline = at::empty({33, 3, 3}, at::kFloat);
  const at::Tensor best = at::empty({33, 3, 3}, at::kFloat);
  ops::find_closest_rotations(covariance.data_ptr<double>(), 33, ops::SimdLevel::kBaseline,
                              baseline.data_ptr<float>());
  ops::find_closest_rotations(covariance.data_ptr<double>(), 33, ops::simd_level(),
                              best.data_ptr<float>());
  CHECK(equal(baseline, best));
}

TEST_CASE("fits of triples refuse other types and shapes") {
  const TripleCase of;
  CHECK(mentions(error_of([&] { (void)ops::fit_triples(of.a, of.b, of.a_idx, of.a); }), "b_idx"));
  const at::Tensor four = of.a_idx.narrow(1, 0, 4);
  CHECK(
      mentions(error_of([&] { (void)ops::fit_triples(of.a, of.b, four, four); }), "multiple of 3"));
  CHECK(mentions(error_of([&] { (void)ops::closest_rotations(of.a); }), "covariance"));
}

}  // namespace
}  // namespace sam6d::test
