#include "ops/kernels.hpp"

#include "base/fail.hpp"

namespace sam6d::ops {

const Kernels& kernels_of(const at::Tensor& tensor) {
  if (tensor.device().is_cpu()) return cpu_kernels();
  if (tensor.device().is_cuda()) return cuda_kernels();
  fail(ErrorCode::kInvalidArgument, "operators run on cpu and cuda, and a tensor is on {}",
       tensor.device().str());
}

}  // namespace sam6d::ops
