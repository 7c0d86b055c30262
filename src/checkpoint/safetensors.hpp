#pragma once

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "checkpoint/tensor.hpp"

/// The safetensors format: 8 bytes header length, a JSON header with the tensors' names, types,
/// shapes and places, and a metadata dictionary of strings; then the tensors without gaps.
namespace sam6d {

struct SafetensorsView {
  TensorViewMap tensors;  ///< of the file's bytes
  Metadata metadata;
};

/// Reads the header; the tensors stay where they are, so `file` must outlive the result. Throws
/// Error(kBadFile), naming `source`, unless the file follows the format in full: a header of at
/// most 100 MB that is valid JSON, known types, shapes that fit their bytes, tensors that fill the
/// file without overlap or gap, every name once.
[[nodiscard]] SafetensorsView parse_safetensors(std::span<const std::byte> file,
                                                std::string_view source);

/// A file, one part after the other.
struct SafetensorsParts {
  std::vector<std::byte> header;  ///< with the length before it
  std::vector<std::span<const std::byte>> tensors;
};

/// The file of these tensors, whose bytes stay where they are. Every tensor starts at a multiple of
/// its element's size; the same tensors and metadata give the same file. Throws
/// Error(kInvalidArgument) for a tensor whose shape does not fit its bytes, or a name or text that
/// is not UTF-8.
[[nodiscard]] SAM6D_API SafetensorsParts safetensors_parts(const TensorViewMap& tensors,
                                                           const Metadata& metadata = {});

/// The same in one piece.
[[nodiscard]] std::vector<std::byte> safetensors_bytes(const TensorMap& tensors,
                                                       const Metadata& metadata = {});

}  // namespace sam6d
