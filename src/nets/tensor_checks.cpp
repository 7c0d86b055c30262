#include "nets/tensor_checks.hpp"

#include <fmt/ranges.h>

#include "base/fail.hpp"
#include "nets/pem_config.hpp"

namespace sam6d::nets {

std::string described(const at::Tensor& tensor) {
  if (!tensor.defined()) return "nothing";
  return fmt::format("{} of ({})", c10::toString(tensor.scalar_type()),
                     fmt::join(tensor.sizes().begin(), tensor.sizes().end(), ","));
}

void check_shape(std::string_view who, std::string_view name, const at::Tensor& tensor,
                 at::ScalarType type, at::IntArrayRef shape) {
  if (tensor.defined() && tensor.scalar_type() == type && tensor.sizes() == shape) return;
  fail(ErrorCode::kInvalidArgument, "{}: {}: expected {} of ({}), found {}", who, name,
       c10::toString(type), fmt::join(shape.begin(), shape.end(), ","), described(tensor));
}

void check_pictures(std::string_view who, std::string_view name, const at::Tensor& pictures,
                    std::int64_t count) {
  check_shape(who, name, pictures, at::kByte, {count, kPemImageSize, kPemImageSize, 3});
}

void check_points(std::string_view who, std::string_view name, const at::Tensor& points,
                  std::int64_t count) {
  if (points.defined() && points.scalar_type() == at::kFloat && points.dim() == 3 && count > 0 &&
      points.size(0) == count && points.size(1) > 0 && points.size(2) == 3) {
    return;
  }
  fail(ErrorCode::kInvalidArgument, "{}: {}: expected Float of ({},n,3), found {}", who, name,
       count, described(points));
}

void check_pixels(std::string_view who, std::string_view name, const at::Tensor& pixels,
                  std::int64_t count, std::int64_t n) {
  if (!pixels.defined() ||
      (pixels.scalar_type() != at::kInt && pixels.scalar_type() != at::kLong) ||
      pixels.sizes() != at::IntArrayRef({count, n})) {
    fail(ErrorCode::kInvalidArgument, "{}: {}: expected Int or Long of ({},{}), found {}", who,
         name, count, n, described(pixels));
  }
  if (!pixels.device().is_cpu()) return;
  const std::int64_t least = pixels.min().item<std::int64_t>();
  const std::int64_t most = pixels.max().item<std::int64_t>();
  if (least < 0 || most >= kPemImageSize * kPemImageSize) {
    fail(ErrorCode::kInvalidArgument, "{}: {}: expected pixels 0 to {}, found {} to {}", who, name,
         kPemImageSize * kPemImageSize - 1, least, most);
  }
}

}  // namespace sam6d::nets
