// Stands in for the folder cuda/ in a build without it.
#include "ops/gpus.hpp"

namespace sam6d::ops {

bool cuda_is_compiled() { return false; }
std::vector<GpuInfo> gpus() { return {}; }

}  // namespace sam6d::ops
