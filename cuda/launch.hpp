#pragma once

#include <cstdint>

#include <cuda_runtime_api.h>

#include "cuda/kernel_bodies.hpp"

/// Each launches one kernel on the stream and returns at once with the error of the launch.
/// Pointers are the device's; no extent is 0.
namespace sam6d::cuda {

[[nodiscard]] cudaError_t launch(const FurthestPoints& body, std::int64_t batch,
                                 cudaStream_t stream);
[[nodiscard]] cudaError_t launch(const BallQuery& body, cudaStream_t stream);
[[nodiscard]] cudaError_t launch(const Gather& body, cudaStream_t stream);
[[nodiscard]] cudaError_t launch(const GatherRelative& body, cudaStream_t stream);
[[nodiscard]] cudaError_t launch(const ThreeNearest& body, cudaStream_t stream);
[[nodiscard]] cudaError_t launch(const ThreeInterpolate& body, cudaStream_t stream);
[[nodiscard]] cudaError_t launch(const ClosestRotations& body, cudaStream_t stream);
[[nodiscard]] cudaError_t launch(const FitTriples& body, cudaStream_t stream);
[[nodiscard]] cudaError_t launch(const NearestDistances& body, cudaStream_t stream);

}  // namespace sam6d::cuda
