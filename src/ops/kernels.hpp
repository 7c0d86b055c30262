#pragma once

#include <ATen/core/Tensor.h>

namespace sam6d::ops {

/// What a device does for the operators, behind their checks: arguments have the right shapes and
/// types, lie on that device, are contiguous, and no cloud is empty; outputs are allocated.
struct Kernels {
  void (*furthest_point_sampling)(const at::Tensor& xyz, const at::Tensor& idx);
  void (*ball_query)(const at::Tensor& new_xyz, const at::Tensor& xyz, float radius,
                     const at::Tensor& idx);
  /// out[b,c,j] = points[b,c,idx[b,j]]; a row (b,c) of `out` is contiguous, a batch need not be.
  void (*gather)(const at::Tensor& points, const at::Tensor& idx, const at::Tensor& out);
  /// out[b,c,j*s+k] = xyz[b,idx[b,j,k],c] - new_xyz[b,j,c], with `out` as above.
  void (*gather_relative)(const at::Tensor& xyz, const at::Tensor& new_xyz, const at::Tensor& idx,
                          const at::Tensor& out);
  void (*three_nn)(const at::Tensor& unknown, const at::Tensor& known, const at::Tensor& dist2,
                   const at::Tensor& idx);
  void (*three_interpolate)(const at::Tensor& points, const at::Tensor& idx,
                            const at::Tensor& weight, const at::Tensor& out);
  /// (n,3,3) float64 to (n,3,3) float32.
  void (*closest_rotations)(const at::Tensor& covariance, const at::Tensor& R);
  void (*fit_triples)(const at::Tensor& a, const at::Tensor& b, const at::Tensor& a_idx,
                      const at::Tensor& b_idx, const at::Tensor& R, const at::Tensor& t,
                      const at::Tensor& residual);
  void (*nearest_distances)(const at::Tensor& points, const at::Tensor& R, const at::Tensor& t,
                            const at::Tensor& cloud, const at::Tensor& distance);
};

[[nodiscard]] const Kernels& cpu_kernels();

/// Of the folder cuda/. Throws Error(kNotBuilt) in a library that was built without it.
[[nodiscard]] const Kernels& cuda_kernels();

/// Throws Error(kInvalidArgument) for a device that is neither.
[[nodiscard]] const Kernels& kernels_of(const at::Tensor& tensor);

}  // namespace sam6d::ops
