#include "nets/similarity.hpp"

#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/matmul.h>

namespace sam6d::nets {
namespace {

/// Shorter tokens are not scaled up to length 1.
constexpr double kLeastNorm = 1e-12;

at::Tensor unit(const at::Tensor& x) {
  return x.div(at::linalg_vector_norm(x, 2, {2}, true).clamp_min_(kLeastNorm));
}

}  // namespace

at::Tensor similarity(const at::Tensor& a, const at::Tensor& b, PemConfig::Similarity kind,
                      double temperature) {
  const at::Tensor u = unit(a.to(at::kFloat));
  const at::Tensor v = unit(b.to(at::kFloat));
  if (kind == PemConfig::Similarity::kCosine) {
    return at::matmul(u.div_(temperature), v.transpose(1, 2));
  }
  const at::Tensor squares = u.square().sum(2).unsqueeze(2).add(v.square().sum(2).unsqueeze(1));
  return squares.sub_(at::matmul(u, v.transpose(1, 2)).mul_(2))
      .clamp_min_(0)
      .sqrt_()
      .div_(temperature);
}

}  // namespace sam6d::nets
