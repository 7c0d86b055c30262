#include "nets/precision.hpp"

#include <ATen/Context.h>
#include <c10/core/impl/VirtualGuardImpl.h>

#include "base/fail.hpp"

namespace sam6d::nets {

at::Device torch_device(const Device& device) {
  if (device.kind == Device::kCpu) return at::kCPU;
  if (!at::hasCUDA()) {
    fail(ErrorCode::kDevice, "device {}: this LibTorch sees no CUDA device", to_string(device));
  }
  const int count = c10::impl::VirtualGuardImpl(at::kCUDA).deviceCount();
  if (device.index < 0 || device.index >= count) {
    fail(ErrorCode::kDevice, "device {}: expected one of {} CUDA devices", to_string(device),
         count);
  }
  return {at::kCUDA, static_cast<at::DeviceIndex>(device.index)};
}

at::ScalarType torch_type(Precision precision, at::Device device) {
  switch (precision) {
    case Precision::kFloat32: return at::kFloat;
    case Precision::kBFloat16: return at::kBFloat16;
    case Precision::kFloat16: break;
  }
#if !__has_include(<ATen/ops/_scaled_dot_product_flash_attention_for_cpu.h>)  // since 2.2
  if (device.is_cpu()) {
    fail(ErrorCode::kDevice,
         "float16 on the CPU: this LibTorch cannot multiply such matrices; take bfloat16 or "
         "float32, or LibTorch 2.2 or newer");
  }
#else
  static_cast<void>(device);
#endif
  return at::kHalf;
}

}  // namespace sam6d::nets
