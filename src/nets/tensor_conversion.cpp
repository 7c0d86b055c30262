#include "nets/tensor_conversion.hpp"

#include <array>
#include <cstring>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>

#include "base/fail.hpp"

namespace sam6d::nets {
namespace {

constexpr std::array<std::pair<DType, at::ScalarType>, 10> kTypes = {{
    {DType::kBool, at::kBool},
    {DType::kUint8, at::kByte},
    {DType::kInt8, at::kChar},
    {DType::kInt16, at::kShort},
    {DType::kInt32, at::kInt},
    {DType::kInt64, at::kLong},
    {DType::kFloat16, at::kHalf},
    {DType::kBFloat16, at::kBFloat16},
    {DType::kFloat32, at::kFloat},
    {DType::kFloat64, at::kDouble},
}};

}  // namespace

at::Tensor to_torch(std::string_view name, const TensorView& view) {
  for (const auto& [ours, theirs] : kTypes) {
    if (ours != view.dtype) continue;
    at::Tensor tensor =
        at::empty(std::vector<std::int64_t>(view.shape.begin(), view.shape.end()), theirs);
    if (!view.bytes.empty()) {
      std::memcpy(tensor.data_ptr(), view.bytes.data(), view.bytes.size());
    }
    return tensor;
  }
  fail(ErrorCode::kInvalidArgument, "tensor {}: LibTorch has no type {}", name,
       to_string(view.dtype));
}

TensorsByName to_torch(const TensorViewMap& views) {
  TensorsByName tensors;
  for (const auto& [name, view] : views) tensors.emplace(name, to_torch(name, view));
  return tensors;
}

Tensor from_torch(const at::Tensor& tensor) {
  const at::Tensor copy = tensor.cpu().contiguous();
  Tensor result;
  for (const auto& [ours, theirs] : kTypes) {
    if (theirs == copy.scalar_type()) result.dtype = ours;
  }
  result.shape.assign(copy.sizes().begin(), copy.sizes().end());
  result.bytes.resize(copy.nbytes());
  if (!result.bytes.empty()) std::memcpy(result.bytes.data(), copy.data_ptr(), copy.nbytes());
  return result;
}

}  // namespace sam6d::nets
