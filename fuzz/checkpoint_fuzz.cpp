// Covers: src/checkpoint/checkpoint.cpp src/checkpoint/zip_directory.cpp
// Covers: src/checkpoint/torch_zip.cpp src/checkpoint/torch_legacy.cpp
// Covers: src/checkpoint/torch_file.cpp src/checkpoint/stored_bytes.cpp
// Covers: src/checkpoint/tensor_loading.cpp src/checkpoint/strided_copy.cpp
// Covers: src/checkpoint/checkpoint_index.cpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "checkpoint/checkpoint_data.hpp"
#include "sam6d/error.hpp"

namespace {

using Read = std::shared_ptr<const sam6d::CheckpointData>;

// Small, so that inputs that repeat one element a million times do not slow the fuzzer down.
constexpr std::uint64_t kFreeBytes = std::uint64_t{1} << 18U;

/// Nothing when the file is refused.
Read read(const sam6d::FileBytes& file, bool verify_checksums) {
  try {
    return sam6d::read_checkpoint(file, {.verify_checksums = verify_checksums, .threads = 1}, {},
                                  kFreeBytes);
  } catch (const sam6d::Error& error) {
    if (error.code() != sam6d::ErrorCode::kBadFile) __builtin_trap();
    return nullptr;
  }
}

bool same(const Read& a, const Read& b) {
  if (!a || !b) return !a && !b;
  return std::ranges::equal(a->tensors, b->tensors, [](const auto& left, const auto& right) {
    return left.first == right.first && left.second.dtype == right.second.dtype &&
           left.second.shape == right.second.shape &&
           std::ranges::equal(left.second.bytes, right.second.bytes);
  });
}

}  // namespace

/// A whole file, read in place and as if from a disk, which must come to the same. A mutation
/// hardly ever has a right checksum, so those are mostly left aside.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::span<const std::byte> input(reinterpret_cast<const std::byte*>(data), size);
  const sam6d::FileBytes file = sam6d::FileBytes::in_memory(input, "fuzz");
  const Read in_place = read(file, false);
  if (!same(in_place, read(file.as_if_on_disk(), false))) __builtin_trap();
  const Read verified = read(file, true);
  if (verified && !same(verified, in_place)) __builtin_trap();
  if (!same(verified, read(file.as_if_on_disk(), true))) __builtin_trap();
  return 0;
}
