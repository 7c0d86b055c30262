#pragma once

#include <memory>
#include <vector>

#include "checkpoint/checkpoint_index.hpp"
#include "checkpoint/file_bytes.hpp"

namespace sam6d {

/// Tensors in memory.
struct LoadedTensors {
  std::vector<TensorView> views;  ///< one for each tensor of the index; unnamed ones have no bytes
  std::vector<std::shared_ptr<const void>> owners;  ///< of the bytes
};

/// Memory that tensors may take beyond 16 times the size of their file.
inline constexpr std::uint64_t kFreeTensorBytes = std::uint64_t{1} << 26U;

/// Brings the named tensors of a file to memory: views of the file where it is in memory and they
/// lie in C order and aligned, else one buffer. Throws Error(kBadFile) for damaged bytes, or when
/// the tensors would take more than 16 times the file and `free_bytes`; Error(kOutOfMemory).
[[nodiscard]] LoadedTensors load_tensors(const FileBytes& file, const CheckpointIndex& index,
                                         const CheckpointOptions& options,
                                         const ProgressFn& progress = {},
                                         std::uint64_t free_bytes = kFreeTensorBytes);

}  // namespace sam6d
