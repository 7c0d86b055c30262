#pragma once

#include <functional>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace sam6d::nets {

/// Called with the name of an intermediate tensor, as docs/formats.md lists them, and its value.
using StageFn = std::function<void(std::string_view name, const at::Tensor& value)>;

}  // namespace sam6d::nets
