// Stands in for the folder cuda/ in a build without it.
#include "base/fail.hpp"
#include "ops/kernels.hpp"

namespace sam6d::ops {

const Kernels& cuda_kernels() {
  fail(ErrorCode::kNotBuilt,
       "a tensor is on cuda, and this sam6d::neural was built without CUDA kernels: configure with "
       "-DSAM6D_WITH_CUDA=ON, or move the tensor to the CPU");
}

}  // namespace sam6d::ops
