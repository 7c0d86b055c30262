#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sam6d/checkpoint.hpp"

/// What a file of weights holds and where, before any tensor is read.
namespace sam6d {

/// A run of bytes that one or several tensors are views of.
struct Storage {
  std::string name;               ///< for messages
  std::uint64_t size = 0;         ///< bytes, as tensors see them
  std::uint64_t offset = 0;       ///< in the file
  std::uint64_t packed_size = 0;  ///< bytes in the file; other than `size` when deflated
  bool deflated = false;
  std::optional<std::uint32_t> crc32;
  std::shared_ptr<const std::string>
      content;  ///< instead of a place in the file: bytes of a pickle
};

/// A view of a storage. Whoever makes one has checked that it lies inside.
struct StoredTensor {
  std::size_t storage = 0;
  DType dtype = DType::kUint8;
  std::vector<std::uint64_t> shape;
  std::vector<std::uint64_t> strides;  ///< in elements, as many as the shape has
  std::uint64_t begin = 0;             ///< byte of the storage at which the first element lies
};

/// A tensor's place among the names of the file.
struct NamedTensor {
  std::string name;
  /// Tensors of one dictionary, or of one module with all modules below it, have the same number.
  std::uint32_t group = 0;
  std::size_t tensor = 0;  ///< index; several names may have the same
};

struct CheckpointIndex {
  CheckpointFormat format = CheckpointFormat::kSafetensors;
  std::vector<Storage> storages;
  std::vector<StoredTensor> tensors;
  std::vector<NamedTensor> names;
  Metadata metadata;
};

/// Strides of a tensor in C order.
[[nodiscard]] std::vector<std::uint64_t> c_strides(const std::vector<std::uint64_t>& shape);
/// Whether the elements lie in C order without gaps; the stride of a dimension of one element does
/// not matter.
[[nodiscard]] bool is_contiguous(const StoredTensor& tensor) noexcept;
/// Bytes of all elements, repeated ones too; nothing when not representable in 64 bits.
[[nodiscard]] std::optional<std::uint64_t> byte_count(const StoredTensor& tensor) noexcept;
/// Bytes from the first element to the end of the one that lies last; nothing when not
/// representable in 64 bits, 0 without elements.
[[nodiscard]] std::optional<std::uint64_t> byte_extent(const StoredTensor& tensor) noexcept;

}  // namespace sam6d
