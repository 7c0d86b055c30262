#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/checkpoint_index.hpp"
#include "checkpoint/file_bytes.hpp"
#include "sam6d/tensor.hpp"

namespace sam6d {

inline constexpr std::size_t kSafetensorsLengthBytes = 8;
inline constexpr std::uint64_t kMaxSafetensorsHeader = 100'000'000;
/// The header's entry that is no tensor.
inline constexpr std::string_view kSafetensorsMetadata = "__metadata__";

/// What the header of a safetensors file says of one tensor.
struct TensorEntry {
  DType dtype = DType::kUint8;
  std::vector<std::uint64_t> shape;
  std::uint64_t begin = 0;  ///< bytes, from the end of the header
  std::uint64_t end = 0;
};

struct SafetensorsHeader {
  std::map<std::string, TensorEntry, std::less<>> entries;
  Metadata metadata;
  std::uint64_t data_begin = 0;  ///< byte of the file at which the tensors begin
};

/// Memory in proportion to the text, whatever that is; does not recurse. Throws Error(kBadFile).
[[nodiscard]] SafetensorsHeader parse_safetensors_header(std::string_view json,
                                                         std::string_view source);

/// Reads and checks the header of a file, places of the tensors included. Throws Error(kBadFile).
[[nodiscard]] SafetensorsHeader read_safetensors_header(const FileBytes& file);

/// The same as an index in the order of the file.
[[nodiscard]] CheckpointIndex index_safetensors(const FileBytes& file);

}  // namespace sam6d
