#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/safetensors.hpp"

namespace sam6d {

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
};

/// Memory in proportion to the text, whatever that is; does not recurse. Throws Error(kBadFile).
[[nodiscard]] SafetensorsHeader parse_safetensors_header(std::string_view json,
                                                         std::string_view source);

}  // namespace sam6d
