#pragma once

#include <vector>

#include "sam6d/neural_library.hpp"

namespace sam6d::ops {

/// Whether this library was built with the folder cuda/.
[[nodiscard]] bool cuda_is_compiled();

/// The devices that CUDA can use; none where it was built without.
[[nodiscard]] std::vector<GpuInfo> gpus();

}  // namespace sam6d::ops
