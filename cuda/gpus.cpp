#include "ops/gpus.hpp"

#include <cuda_runtime_api.h>

namespace sam6d::ops {

bool cuda_is_compiled() { return true; }

std::vector<GpuInfo> gpus() {
  int count = 0;
  if (cudaGetDeviceCount(&count) != cudaSuccess) return {};  // no driver, or none that fits
  std::vector<GpuInfo> found;
  for (int i = 0; i < count; ++i) {
    cudaDeviceProp properties{};
    if (cudaGetDeviceProperties(&properties, i) != cudaSuccess) continue;
    found.push_back({properties.name, static_cast<std::int64_t>(properties.totalGlobalMem)});
  }
  return found;
}

}  // namespace sam6d::ops
