#pragma once

#include <cmath>

#include "ops/point_arithmetic.hpp"
#if !defined(__CUDACC__)
#include "ops/lanes.hpp"
#endif

/// Least-squares rotations, for g++ and nvcc alike and for one matrix or, on the host, for several
/// in the lanes of a vector: Scalar is double or ops::Doubles. Nothing here branches on a value but
/// the end of the iteration, so that a lane's result does not depend on the others by more than
/// the rounding of a finished iteration.
namespace sam6d::ops {

SAM6D_HOST_DEVICE void square_root(double x, double& root) { root = sqrt(x); }
SAM6D_HOST_DEVICE bool any(bool condition) { return condition; }

/// Row-major.
template <class Scalar>
struct Matrix3 {
  Scalar m[3][3];
};

namespace rotation_detail {

/// A symmetric 4 x 4 matrix, of which the entries with row <= column count, and the columns of
/// rotations that have been applied to it.
template <class Scalar>
struct Eigen4 {
  Scalar a[4][4];
  Scalar v[4][4];
};

template <int kRow, int kColumn, class Scalar>
SAM6D_HOST_DEVICE Scalar& entry(Eigen4<Scalar>& e) {
  if constexpr (kRow <= kColumn) {
    return e.a[kRow][kColumn];
  } else {
    return e.a[kColumn][kRow];
  }
}

template <class Scalar>
SAM6D_HOST_DEVICE void turn(Scalar& p, Scalar& q, const Scalar& cosine, const Scalar& sine) {
  const Scalar old = p;
  p = cosine * old - sine * q;
  q = sine * old + cosine * q;
}

/// Jacobi's rotation of the plane (P,Q) that makes their common entry 0.
template <int P, int Q, class Scalar>
SAM6D_HOST_DEVICE void annihilate(Eigen4<Scalar>& e) {
  constexpr int kR = P != 0 && Q != 0 ? 0 : (P != 1 && Q != 1 ? 1 : 2);
  constexpr int kS = 6 - P - Q - kR;
  const Scalar zero{};
  const Scalar difference = e.a[Q][Q] - e.a[P][P];
  const Scalar twice = e.a[P][Q] + e.a[P][Q];
  Scalar length{};
  square_root(difference * difference + twice * twice, length);
  const Scalar size = difference < 0.0 ? -difference : difference;
  const Scalar signed_twice = difference < 0.0 ? -twice : twice;
  const Scalar sum = size + length;
  const Scalar tangent = sum > 0.0 ? signed_twice / sum : zero;
  Scalar hypotenuse{};
  square_root(1.0 + tangent * tangent, hypotenuse);
  const Scalar cosine = 1.0 / hypotenuse;
  const Scalar sine = tangent * cosine;
  const Scalar shift = tangent * e.a[P][Q];
  e.a[P][P] -= shift;
  e.a[Q][Q] += shift;
  e.a[P][Q] = zero;
  turn(entry<kR, P>(e), entry<kR, Q>(e), cosine, sine);
  turn(entry<kS, P>(e), entry<kS, Q>(e), cosine, sine);
  for (int row = 0; row < 4; ++row) turn(e.v[row][P], e.v[row][Q], cosine, sine);
}

/// After it the diagonal of `a` holds the eigenvalues, the columns of `v` the eigenvectors.
template <class Scalar>
SAM6D_HOST_DEVICE void diagonalize(Eigen4<Scalar>& e) {
  constexpr int kSweeps = 8;  // four or five are enough, with convergence squaring the error
  constexpr double kNegligible2 = 1e-32;
  for (int sweep = 0; sweep < kSweeps; ++sweep) {
    Scalar off2{};
    Scalar diagonal2{};
    for (int i = 0; i < 4; ++i) {
      diagonal2 += e.a[i][i] * e.a[i][i];
      for (int j = i + 1; j < 4; ++j) off2 += e.a[i][j] * e.a[i][j];
    }
    if (!any(off2 > kNegligible2 * diagonal2)) return;
    annihilate<0, 1>(e);
    annihilate<2, 3>(e);
    annihilate<0, 2>(e);
    annihilate<1, 3>(e);
    annihilate<0, 3>(e);
    annihilate<1, 2>(e);
  }
}

}  // namespace rotation_detail

/// The proper rotation R with the largest trace of R * covariance, where covariance[i][j] is the
/// sum of a_i b_j over pairs of points: the least-squares one from a to b (Horn 1987, "Closed-form
/// solution of absolute orientation using unit quaternions"). It is V diag(1, 1, det(V U^T)) U^T of
/// the singular value decomposition U S V^T, mirrored and flat clouds included. Where several are
/// equally good it is one of them; of the zero matrix, the identity.
template <class Scalar>
SAM6D_HOST_DEVICE void closest_rotation(const Matrix3<Scalar>& covariance,
                                        Matrix3<Scalar>& rotation) {
  const auto& s = covariance.m;
  rotation_detail::Eigen4<Scalar> e{};
  e.a[0][0] = s[0][0] + s[1][1] + s[2][2];
  e.a[0][1] = s[1][2] - s[2][1];
  e.a[0][2] = s[2][0] - s[0][2];
  e.a[0][3] = s[0][1] - s[1][0];
  e.a[1][1] = s[0][0] - s[1][1] - s[2][2];
  e.a[1][2] = s[0][1] + s[1][0];
  e.a[1][3] = s[2][0] + s[0][2];
  e.a[2][2] = s[1][1] - s[0][0] - s[2][2];
  e.a[2][3] = s[1][2] + s[2][1];
  e.a[3][3] = s[2][2] - s[0][0] - s[1][1];
  for (int i = 0; i < 4; ++i) e.v[i][i] += 1.0;
  rotation_detail::diagonalize(e);

  Scalar largest = e.a[0][0];
  Scalar q[4] = {e.v[0][0], e.v[1][0], e.v[2][0], e.v[3][0]};
  for (int column = 1; column < 4; ++column) {
    const auto larger = e.a[column][column] > largest;
    largest = larger ? e.a[column][column] : largest;
    for (int i = 0; i < 4; ++i) q[i] = larger ? e.v[i][column] : q[i];
  }
  const Scalar scale = 2.0 / (q[0] * q[0] + q[1] * q[1] + q[2] * q[2] + q[3] * q[3]);
  auto& r = rotation.m;
  r[0][0] = 1.0 - scale * (q[2] * q[2] + q[3] * q[3]);
  r[0][1] = scale * (q[1] * q[2] - q[0] * q[3]);
  r[0][2] = scale * (q[1] * q[3] + q[0] * q[2]);
  r[1][0] = scale * (q[1] * q[2] + q[0] * q[3]);
  r[1][1] = 1.0 - scale * (q[1] * q[1] + q[3] * q[3]);
  r[1][2] = scale * (q[2] * q[3] - q[0] * q[1]);
  r[2][0] = scale * (q[1] * q[3] - q[0] * q[2]);
  r[2][1] = scale * (q[2] * q[3] + q[0] * q[1]);
  r[2][2] = 1.0 - scale * (q[1] * q[1] + q[2] * q[2]);
}

/// b = R a + t.
template <class Scalar>
struct RigidMotion {
  Matrix3<Scalar> R;
  Scalar t[3];
};

/// The weight of each of three pairs: what keeps a sum of weights from being 0 is added here too,
/// so that they sum to a little less than 1.
inline constexpr double kTripleWeight = 1.0 / (3.0 + 1e-5);

/// The least-squares motion from the three points a[k] to b[k], with centroids that are as far off
/// as those weights make them, and the mean distance of a[k] to b[k] moved back.
template <class Scalar>
SAM6D_HOST_DEVICE void fit_triple(const Scalar (&a)[3][3], const Scalar (&b)[3][3],
                                  RigidMotion<Scalar>& motion, Scalar& residual) {
  Scalar from[3];
  Scalar to[3];
  for (int i = 0; i < 3; ++i) {
    from[i] = kTripleWeight * (a[0][i] + a[1][i] + a[2][i]);
    to[i] = kTripleWeight * (b[0][i] + b[1][i] + b[2][i]);
  }
  Matrix3<Scalar> covariance{};
  for (int k = 0; k < 3; ++k) {
    for (int i = 0; i < 3; ++i) {
      const Scalar weighted = kTripleWeight * (a[k][i] - from[i]);
      for (int j = 0; j < 3; ++j) covariance.m[i][j] += weighted * (b[k][j] - to[j]);
    }
  }
  closest_rotation(covariance, motion.R);
  const auto& r = motion.R.m;
  for (int i = 0; i < 3; ++i) {
    motion.t[i] = to[i] - (r[i][0] * from[0] + r[i][1] * from[1] + r[i][2] * from[2]);
  }
  residual = Scalar{};
  for (int k = 0; k < 3; ++k) {
    Scalar distance2{};
    for (int j = 0; j < 3; ++j) {
      const Scalar back = (b[k][0] - motion.t[0]) * r[0][j] + (b[k][1] - motion.t[1]) * r[1][j] +
                          (b[k][2] - motion.t[2]) * r[2][j];
      distance2 += (back - a[k][j]) * (back - a[k][j]);
    }
    Scalar distance{};
    square_root(distance2, distance);
    residual += distance;
  }
  residual = residual / 3.0;
}

/// R^T (p - t): a point of the target's frame in the source's.
SAM6D_HOST_DEVICE Point<float> moved_back(const Point<float>& p, const float* R, const float* t) {
  const float x = p.x - t[0];
  const float y = p.y - t[1];
  const float z = p.z - t[2];
  return {(x * R[0] + y * R[3]) + z * R[6], (x * R[1] + y * R[4]) + z * R[7],
          (x * R[2] + y * R[5]) + z * R[8]};
}

}  // namespace sam6d::ops
