#include "ops/checks.hpp"

#include <limits>
#include <span>
#include <string>

#include "base/fail.hpp"

namespace sam6d::ops {
namespace {

std::string shape_text(std::span<const std::int64_t> shape) {
  std::string text = "(";
  for (std::size_t i = 0; i < shape.size(); ++i) {
    if (i > 0) text += ", ";
    text += shape[i] == kAny ? "*" : std::to_string(shape[i]);
  }
  return text + ")";
}

}  // namespace

void expect_tensor(std::string_view op, std::string_view argument, const at::Tensor& tensor,
                   at::ScalarType dtype, std::initializer_list<std::int64_t> shape) {
  const std::span<const std::int64_t> expected(shape.begin(), shape.size());
  if (!tensor.defined()) {
    fail(ErrorCode::kInvalidArgument, "{}: {}: expected a {} tensor of shape {}, found none", op,
         argument, c10::toString(dtype), shape_text(expected));
  }
  const std::span<const std::int64_t> found(tensor.sizes().data(), tensor.sizes().size());
  bool fits = tensor.scalar_type() == dtype && found.size() == expected.size() &&
              tensor.layout() == at::kStrided;
  for (std::size_t i = 0; fits && i < expected.size(); ++i) {
    fits = expected[i] == kAny || expected[i] == found[i];
  }
  if (!fits) {
    fail(ErrorCode::kInvalidArgument, "{}: {}: expected a {} tensor of shape {}, found {} {}", op,
         argument, c10::toString(dtype), shape_text(expected), c10::toString(tensor.scalar_type()),
         shape_text(found));
  }
  for (const std::int64_t size : found) {
    if (size > std::numeric_limits<std::int32_t>::max()) {
      fail(ErrorCode::kInvalidArgument, "{}: {}: expected sizes below 2^31, found {}", op, argument,
           shape_text(found));
    }
  }
}

void expect_same_device(std::string_view op, std::string_view argument, const at::Tensor& tensor,
                        const at::Tensor& other) {
  if (tensor.device() == other.device()) return;
  fail(ErrorCode::kInvalidArgument,
       "{}: {}: expected a tensor on {} as the other arguments, found "
       "one on {}",
       op, argument, other.device().str(), tensor.device().str());
}

void expect_points(std::string_view op, std::string_view argument, const at::Tensor& xyz) {
  if (xyz.size(1) > 0) return;
  fail(ErrorCode::kInvalidArgument, "{}: {}: expected at least one point, found none", op,
       argument);
}

}  // namespace sam6d::ops
