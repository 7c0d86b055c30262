#pragma once

#include <map>
#include <memory>
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

/// The view's own memory, which `owner` keeps; nobody may write to it. A copy where LibTorch wants
/// it laid out otherwise (elements at no multiple of their size). Throws as to_torch does.
[[nodiscard]] at::Tensor share_with_torch(std::string_view name, const TensorView& view,
                                          std::shared_ptr<const void> owner);

/// A copy from whatever device.
[[nodiscard]] Tensor from_torch(const at::Tensor& tensor);

}  // namespace sam6d::nets
