// Covers: src/checkpoint/safetensors.cpp src/checkpoint/safetensors_header.cpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "checkpoint/safetensors.hpp"
#include "sam6d/error.hpp"

namespace {

/// What was read must be writable and read the same again.
void check(std::span<const std::byte> file) {
  try {
    const sam6d::SafetensorsView view = sam6d::parse_safetensors(file, "fuzz");
    sam6d::TensorMap tensors;
    for (const auto& [name, tensor] : view.tensors) {
      tensors[name] = {tensor.dtype, tensor.shape, {tensor.bytes.begin(), tensor.bytes.end()}};
    }
    const std::vector<std::byte> again = sam6d::safetensors_bytes(tensors, view.metadata);
    const sam6d::SafetensorsView back = sam6d::parse_safetensors(again, "fuzz");
    bool same = back.metadata == view.metadata && back.tensors.size() == tensors.size();
    for (const auto& [name, tensor] : back.tensors) {
      const sam6d::Tensor& expected = tensors.at(name);
      same = same && tensor.dtype == expected.dtype && tensor.shape == expected.shape &&
             std::equal(tensor.bytes.begin(), tensor.bytes.end(), expected.bytes.begin(),
                        expected.bytes.end());
    }
    if (!same) __builtin_trap();
  } catch (const sam6d::Error&) {
    // The expected answer to bad input.
  }
}

}  // namespace

/// The input is read as a file, and as the header of a file whose tensors have 64 bytes.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> input(reinterpret_cast<const std::byte*>(data), size);
  check(input);
  constexpr std::size_t kData = 64;
  const std::uint64_t length = size;
  std::vector<std::byte> file(sizeof(length) + size + kData);
  std::memcpy(file.data(), &length, sizeof(length));
  std::copy(input.begin(), input.end(), file.begin() + sizeof(length));
  check(file);
  return 0;
}
