#pragma once

#include <map>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "sam6d/tensor.hpp"

namespace sam6d::nets {

using TensorsByName = std::map<std::string, at::Tensor, std::less<>>;

/// A copy on the CPU, since the view's bytes may lie unaligned and go. Throws
/// Error(kInvalidArgument), naming the tensor, for a type that LibTorch does not have.
[[nodiscard]] at::Tensor to_torch(std::string_view name, const TensorView& view);
[[nodiscard]] TensorsByName to_torch(const TensorViewMap& views);

/// A copy from whatever device.
[[nodiscard]] Tensor from_torch(const at::Tensor& tensor);

}  // namespace sam6d::nets
