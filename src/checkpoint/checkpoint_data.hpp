#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "checkpoint/file_bytes.hpp"
#include "checkpoint/tensor_loading.hpp"

namespace sam6d {

struct CheckpointData {
  CheckpointFormat format = CheckpointFormat::kSafetensors;
  std::string source;
  TensorViewMap tensors;
  std::map<std::string, std::uint32_t, std::less<>> groups;  ///< NamedTensor::group by name
  Metadata metadata;
  std::vector<std::shared_ptr<const void>> owners;  ///< of the tensors' bytes
};

/// Names and places of all tensors, whichever format the file has. Throws Error(kBadFile) that says
/// what the file seems to be instead.
[[nodiscard]] CheckpointIndex index_file(const FileBytes& file, bool verify_checksums);

/// The whole checkpoint; `free_bytes` as load_tensors has it.
[[nodiscard]] std::shared_ptr<const CheckpointData> read_checkpoint(
    const FileBytes& file, const CheckpointOptions& options, const ProgressFn& progress = {},
    std::uint64_t free_bytes = kFreeTensorBytes);

}  // namespace sam6d
