#include <ATen/ops/empty.h>
#include <c10/cuda/CUDAGuard.h>
#include <c10/cuda/CUDAStream.h>

#include "base/fail.hpp"
#include "cuda/launch.hpp"
#include "ops/kernels.hpp"

namespace sam6d::ops {
namespace {

/// The caller's stream on the tensor's device, made current for as long as this lives.
class OnDeviceOf {
 public:
  explicit OnDeviceOf(const at::Tensor& tensor)
      : guard_(tensor.device()), stream_(c10::cuda::getCurrentCUDAStream(tensor.get_device())) {}
  [[nodiscard]] cudaStream_t stream() const { return stream_.stream(); }

 private:
  c10::cuda::CUDAGuard guard_;
  c10::cuda::CUDAStream stream_;
};

void expect_launched(const char* op, cudaError_t error) {
  if (error == cudaSuccess) return;
  fail(ErrorCode::kDevice, "{}: expected to launch a CUDA kernel, found: {}", op,
       cudaGetErrorString(error));
}

const float* floats(const at::Tensor& tensor) { return tensor.data_ptr<float>(); }
float* floats_out(const at::Tensor& tensor) { return tensor.data_ptr<float>(); }
std::int32_t* ints(const at::Tensor& tensor) { return tensor.data_ptr<std::int32_t>(); }

void furthest_point_sampling(const at::Tensor& xyz, const at::Tensor& idx) {
  const OnDeviceOf device(xyz);
  const at::Tensor running = at::empty({xyz.size(0), xyz.size(1)}, xyz.options());
  expect_launched("furthest_point_sampling",
                  launch(cuda::FurthestPoints{floats(xyz), xyz.size(1), idx.size(1),
                                              floats_out(running), ints(idx)},
                         xyz.size(0), device.stream()));
}

void ball_query(const at::Tensor& new_xyz, const at::Tensor& xyz, float radius,
                const at::Tensor& idx) {
  const OnDeviceOf device(xyz);
  expect_launched("ball_query",
                  launch(cuda::BallQuery{floats(new_xyz), floats(xyz), xyz.size(0), idx.size(1),
                                         xyz.size(1), idx.size(2), radius * radius, ints(idx)},
                         device.stream()));
}

void gather(const at::Tensor& points, const at::Tensor& idx, const at::Tensor& out) {
  const OnDeviceOf device(points);
  expect_launched("gather",
                  launch(cuda::Gather{floats(points), ints(idx), points.size(0), points.size(1),
                                      points.size(2), idx.size(1), floats_out(out), out.stride(0)},
                         device.stream()));
}

void gather_relative(const at::Tensor& xyz, const at::Tensor& new_xyz, const at::Tensor& idx,
                     const at::Tensor& out) {
  const OnDeviceOf device(xyz);
  expect_launched(
      "gather_relative",
      launch(cuda::GatherRelative{floats(xyz), floats(new_xyz), ints(idx), xyz.size(0), xyz.size(1),
                                  idx.size(1), idx.size(2), floats_out(out), out.stride(0)},
             device.stream()));
}

void three_nn(const at::Tensor& unknown, const at::Tensor& known, const at::Tensor& dist2,
              const at::Tensor& idx) {
  const OnDeviceOf device(unknown);
  expect_launched(
      "three_nn",
      launch(cuda::ThreeNearest{floats(unknown), floats(known), unknown.size(0), unknown.size(1),
                                known.size(1), floats_out(dist2), ints(idx)},
             device.stream()));
}

void three_interpolate(const at::Tensor& points, const at::Tensor& idx, const at::Tensor& weight,
                       const at::Tensor& out) {
  const OnDeviceOf device(points);
  expect_launched(
      "three_interpolate",
      launch(cuda::ThreeInterpolate{floats(points), ints(idx), floats(weight), points.size(0),
                                    points.size(1), points.size(2), idx.size(1), floats_out(out)},
             device.stream()));
}

void closest_rotations(const at::Tensor& covariance, const at::Tensor& R) {
  const OnDeviceOf device(R);
  expect_launched("closest_rotations",
                  launch(cuda::ClosestRotations{covariance.data_ptr<double>(), covariance.size(0),
                                                floats_out(R)},
                         device.stream()));
}

void fit_triples(const at::Tensor& a, const at::Tensor& b, const at::Tensor& a_idx,
                 const at::Tensor& b_idx, const at::Tensor& R, const at::Tensor& t,
                 const at::Tensor& residual) {
  const OnDeviceOf device(a);
  expect_launched("fit_triples",
                  launch(cuda::FitTriples{floats(a), floats(b), ints(a_idx), ints(b_idx), a.size(0),
                                          a.size(1), b.size(1), residual.size(1), floats_out(R),
                                          floats_out(t), floats_out(residual)},
                         device.stream()));
}

void nearest_distances(const at::Tensor& points, const at::Tensor& R, const at::Tensor& t,
                       const at::Tensor& cloud, const at::Tensor& distance) {
  const OnDeviceOf device(points);
  expect_launched("nearest_distances",
                  launch(cuda::NearestDistances{floats(points), floats(R), floats(t), floats(cloud),
                                                points.size(0), R.size(1), points.size(1),
                                                cloud.size(1), floats_out(distance)},
                         device.stream()));
}

}  // namespace

const Kernels& cuda_kernels() {
  static constexpr Kernels kKernels{furthest_point_sampling, ball_query,  gather,
                                    gather_relative,         three_nn,    three_interpolate,
                                    closest_rotations,       fit_triples, nearest_distances};
  return kKernels;
}

}  // namespace sam6d::ops
