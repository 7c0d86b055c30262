#include "checkpoint/checkpoint_index.hpp"

namespace sam6d {

std::vector<std::uint64_t> c_strides(const std::vector<std::uint64_t>& shape) {
  std::vector<std::uint64_t> strides(shape.size());
  std::uint64_t stride = 1;
  for (std::size_t i = shape.size(); i-- > 0;) {
    strides[i] = stride;
    stride *= shape[i];
  }
  return strides;
}

bool is_contiguous(const StoredTensor& tensor) noexcept {
  std::uint64_t expected = 1;
  bool in_order = true;
  for (std::size_t i = tensor.shape.size(); i-- > 0;) {
    if (tensor.shape[i] == 0) return true;
    if (tensor.shape[i] != 1 && tensor.strides[i] != expected) in_order = false;
    expected *= tensor.shape[i];
  }
  return in_order;
}

std::optional<std::uint64_t> byte_count(const StoredTensor& tensor) noexcept {
  const std::optional<std::uint64_t> elements = element_count(tensor.shape);
  std::uint64_t bytes = 0;
  if (!elements || __builtin_mul_overflow(*elements, size_of(tensor.dtype), &bytes)) return {};
  return bytes;
}

std::optional<std::uint64_t> byte_extent(const StoredTensor& tensor) noexcept {
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < tensor.shape.size(); ++i) {
    if (tensor.shape[i] == 0) return 0;
    std::uint64_t step = 0;
    if (__builtin_mul_overflow(tensor.shape[i] - 1, tensor.strides[i], &step) ||
        __builtin_add_overflow(last, step, &last)) {
      return {};
    }
  }
  std::uint64_t bytes = 0;
  if (__builtin_add_overflow(last, std::uint64_t{1}, &last) ||
      __builtin_mul_overflow(last, size_of(tensor.dtype), &bytes)) {
    return {};
  }
  return bytes;
}

}  // namespace sam6d
