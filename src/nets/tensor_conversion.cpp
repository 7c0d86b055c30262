#include "nets/tensor_conversion.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <utility>
#include <vector>

#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>

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

at::ScalarType torch_type_of(std::string_view name, DType type) {
  for (const auto& [ours, theirs] : kTypes) {
    if (ours == type) return theirs;
  }
  fail(ErrorCode::kInvalidArgument, "tensor {}: LibTorch has no type {}", name, to_string(type));
}

std::vector<std::int64_t> sizes_of(const TensorView& view) {
  return {view.shape.begin(), view.shape.end()};
}

}  // namespace

at::Tensor to_torch(std::string_view name, const TensorView& view) {
  at::Tensor tensor = at::empty(sizes_of(view), torch_type_of(name, view.dtype));
  if (!view.bytes.empty()) std::memcpy(tensor.data_ptr(), view.bytes.data(), view.bytes.size());
  return tensor;
}

at::Tensor share_with_torch(std::string_view name, const TensorView& view,
                            std::shared_ptr<const void> owner) {
  const at::ScalarType type = torch_type_of(name, view.dtype);
  const auto address = reinterpret_cast<std::uintptr_t>(view.bytes.data());
  if (view.bytes.empty() || address % c10::elementSize(type) != 0) return to_torch(name, view);
  // LibTorch has no tensors of constants.
  auto* const bytes = const_cast<std::byte*>(view.bytes.data());
  return at::from_blob(
      bytes, sizes_of(view), [owner = std::move(owner)](void* /*bytes*/) {}, at::dtype(type));
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
