#include "cuda/launch.hpp"

#include <algorithm>

namespace sam6d::cuda {
namespace {

class DeviceBlock {
 public:
  __device__ int index() const { return static_cast<int>(blockIdx.x); }
  __device__ int blocks() const { return static_cast<int>(gridDim.x); }
  __device__ int thread() const { return static_cast<int>(threadIdx.x); }
  __device__ int threads() const { return static_cast<int>(blockDim.x); }
  __device__ void sync() const { __syncthreads(); }
  template <class T>
  __device__ T* shared() const {
    extern __shared__ unsigned char memory[];
    return reinterpret_cast<T*>(memory);
  }
};

template <class Body>
__global__ void run(Body body) {
  DeviceBlock block;
  body(block);
}

/// A thread an element; more of them than that in a large grid's turns.
template <class Body>
cudaError_t launch_elements(const Body& body, std::int64_t elements, int threads,
                            cudaStream_t stream) {
  constexpr std::int64_t kMostBlocks = 1 << 16;
  const std::int64_t blocks = std::min(kMostBlocks, (elements + threads - 1) / threads);
  run<<<static_cast<unsigned>(blocks), static_cast<unsigned>(threads), 0, stream>>>(body);
  return cudaGetLastError();
}

// Queries walk whole clouds and fits iterate: small blocks spread them over all multiprocessors.
constexpr int kQueryThreads = 64;
constexpr int kCopyThreads = 256;

}  // namespace

cudaError_t launch(const FurthestPoints& body, std::int64_t batch, cudaStream_t stream) {
  int threads = 32;
  while (threads < 1024 && threads < body.points) threads *= 2;
  run<<<static_cast<unsigned>(batch), static_cast<unsigned>(threads),
        static_cast<std::size_t>(FurthestPoints::shared_bytes(threads)), stream>>>(body);
  return cudaGetLastError();
}

cudaError_t launch(const BallQuery& body, cudaStream_t stream) {
  return launch_elements(body, body.batch * body.queries, kQueryThreads, stream);
}

cudaError_t launch(const Gather& body, cudaStream_t stream) {
  return launch_elements(body, body.batch * body.channels * body.picks, kCopyThreads, stream);
}

cudaError_t launch(const GatherRelative& body, cudaStream_t stream) {
  return launch_elements(body, body.batch * 3 * body.queries * body.samples, kCopyThreads, stream);
}

cudaError_t launch(const ThreeNearest& body, cudaStream_t stream) {
  return launch_elements(body, body.batch * body.unknown_count, kQueryThreads, stream);
}

cudaError_t launch(const ThreeInterpolate& body, cudaStream_t stream) {
  return launch_elements(body, body.batch * body.channels * body.unknown_count, kCopyThreads,
                         stream);
}

cudaError_t launch(const ClosestRotations& body, cudaStream_t stream) {
  return launch_elements(body, body.count, kQueryThreads, stream);
}

cudaError_t launch(const FitTriples& body, cudaStream_t stream) {
  return launch_elements(body, body.batch * body.fits, kQueryThreads, stream);
}

cudaError_t launch(const NearestDistances& body, cudaStream_t stream) {
  return launch_elements(body, body.batch * body.poses * body.count, kQueryThreads, stream);
}

}  // namespace sam6d::cuda
