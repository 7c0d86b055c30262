#include "sam6d/safetensors_io.hpp"

#include "checkpoint/safetensors.hpp"
#include "sam6d/file_io.hpp"

namespace sam6d {

void save_safetensors(const std::filesystem::path& path, const TensorViewMap& tensors,
                      const Metadata& metadata) {
  const SafetensorsParts parts = safetensors_parts(tensors, metadata);
  std::vector<std::span<const std::byte>> pieces = {parts.header};
  pieces.insert(pieces.end(), parts.tensors.begin(), parts.tensors.end());
  write_file_parts(path, pieces);
}

}  // namespace sam6d
