#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

#include <ATen/core/Tensor.h>

namespace sam6d::ops {

/// A size that may be anything from 0.
inline constexpr std::int64_t kAny = -1;

/// Throws Error(kInvalidArgument), naming operator and argument, unless the tensor has that type
/// and shape, and every size fits 31 bits.
void expect_tensor(std::string_view op, std::string_view argument, const at::Tensor& tensor,
                   at::ScalarType dtype, std::initializer_list<std::int64_t> shape);

/// Throws Error(kInvalidArgument) unless the tensor lies where `other` does.
void expect_same_device(std::string_view op, std::string_view argument, const at::Tensor& tensor,
                        const at::Tensor& other);

/// Throws Error(kInvalidArgument) unless a cloud has a point.
void expect_points(std::string_view op, std::string_view argument, const at::Tensor& xyz);

}  // namespace sam6d::ops
