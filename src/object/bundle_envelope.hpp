#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/tensor.hpp"
#include "sam6d/detection.hpp"

namespace sam6d {

/// What a bundle says of its object besides the tensors.
struct BundleHeader {
  ObjectId id = 0;
  std::string name;
  double diameter_m = 0;
};

struct OpenedBundle {
  BundleHeader header;
  TensorViewMap tensors;  ///< of the file's bytes
};

/// A safetensors file of the tensors with the header, version and a checksum per section (the part
/// of the tensors' names before the dot) in its metadata.
[[nodiscard]] std::vector<std::byte> seal_bundle(const BundleHeader& header,
                                                 const TensorMap& tensors);

/// Checks version and checksums; `file` must outlive the result. Throws Error(kBadFile), naming
/// `source`.
[[nodiscard]] OpenedBundle open_bundle(std::span<const std::byte> file, std::string_view source);

}  // namespace sam6d
