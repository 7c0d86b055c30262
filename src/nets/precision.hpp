#pragma once

#include <ATen/core/Tensor.h>

#include "sam6d/device.hpp"

namespace sam6d::nets {

/// Throws Error(kDevice) for a CUDA device that is not there, or a library that was built without
/// CUDA.
[[nodiscard]] at::Device torch_device(const Device& device);

/// Throws Error(kDevice) for float16 on the CPU with a LibTorch that cannot multiply it.
[[nodiscard]] at::ScalarType torch_type(Precision precision, at::Device device);

}  // namespace sam6d::nets
