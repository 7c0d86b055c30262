#include "nets/point_encoding.hpp"

#include "ops/set_abstraction.hpp"

namespace sam6d::nets {

at::Tensor encode_neighbourhoods(const at::Tensor& xyz, float radius, std::int64_t sample_count,
                                 const ops::SharedMlp& mlp) {
  const at::Tensor features = xyz.transpose(1, 2).contiguous();
  return ops::pooled_neighbourhoods({radius, sample_count, mlp}, xyz, xyz, features)
      .transpose(1, 2);
}

}  // namespace sam6d::nets
