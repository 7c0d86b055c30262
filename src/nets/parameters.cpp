#include "nets/parameters.hpp"

#include "base/fail.hpp"
#include "nets/tensor_conversion.hpp"

namespace sam6d::nets {

at::Tensor Parameters::take(const std::string& name, const std::vector<std::int64_t>& shape) {
  if (!filled_) {
    expected_.push_back({name, {shape.begin(), shape.end()}, true});
    return {};
  }
  const at::Tensor stored = share_with_torch(name, tensors_.tensors.at(name), owners_);
  if (!stored.is_floating_point()) {
    fail(ErrorCode::kBadWeights, "tensor {}: expected floating-point numbers, found {}", name,
         c10::toString(stored.scalar_type()));
  }
  at::Tensor tensor = stored.to(device_, type_);
  bytes_ += static_cast<std::int64_t>(tensor.nbytes());
  return tensor;
}

void Parameters::ignore(const std::string& name, const std::vector<std::int64_t>& shape) {
  if (!filled_) expected_.push_back({name, {shape.begin(), shape.end()}, false});
}

void Parameters::fill(const Weights& weights, Network network,
                      std::span<const ExpectedTensor> expected) {
  tensors_ = model_tensors(weights, network, expected);
  owners_ = std::make_shared<const std::vector<std::shared_ptr<const void>>>(tensors_.owners);
  filled_ = true;
}

}  // namespace sam6d::nets
