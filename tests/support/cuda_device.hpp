#pragma once

#include <optional>

#include <ATen/Context.h>
#include <c10/core/Device.h>

#include "ops/kernels.hpp"
#include "sam6d/error.hpp"
#include "support/skipped.hpp"

namespace sam6d::test {

/// The first CUDA device; nothing where there is none or the library was built without kernels for
/// it, and then the whole test program counts as skipped. Use it in cuda_*_test.cpp alone, whose
/// ctests have the label gpu:
///   const auto device = cuda_device();
///   if (!device) return;
inline std::optional<c10::Device> cuda_device() {
  try {
    (void)ops::cuda_kernels();
  } catch (const Error& error) {
    skip(error.what());
    return std::nullopt;
  }
  if (!at::hasCUDA()) {
    skip("there is no CUDA device");
    return std::nullopt;
  }
  return c10::Device(c10::kCUDA, 0);
}

}  // namespace sam6d::test
