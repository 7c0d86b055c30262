#pragma once

#include <filesystem>

namespace sam6d::test {

/// The modules of the network against what the reference's gave, for those that the file has
/// (tensors of pem_unit_modules.safetensors, see tests/data/pem/README.md).
void check_unit_modules(const std::filesystem::path& path);

}  // namespace sam6d::test
