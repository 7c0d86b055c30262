#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <ATen/core/Tensor.h>

/// What callers must hand to the networks; each throws Error(kInvalidArgument) that names the
/// argument, what was expected and what was found.
namespace sam6d::nets {

/// (count,224,224,3) uint8.
void check_pictures(std::string_view who, std::string_view name, const at::Tensor& pictures,
                    std::int64_t count);
/// (count,n,3) float32, n >= 1.
void check_points(std::string_view who, std::string_view name, const at::Tensor& points,
                  std::int64_t count);
/// (count,n) int32 or int64, all in 0 .. 224 * 224 - 1 where that can be seen without waiting for a
/// device.
void check_pixels(std::string_view who, std::string_view name, const at::Tensor& pixels,
                  std::int64_t count, std::int64_t n);
/// Type and shape of a tensor, for messages; "nothing" for an undefined one.
[[nodiscard]] std::string described(const at::Tensor& tensor);
/// A tensor of a shape and type.
void check_shape(std::string_view who, std::string_view name, const at::Tensor& tensor,
                 at::ScalarType type, at::IntArrayRef shape);

}  // namespace sam6d::nets
