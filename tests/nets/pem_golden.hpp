#pragma once

#include <filesystem>

namespace sam6d::test {

/// The whole network in the reference's tiny configuration, stage by stage, for the tensors that
/// the outputs have; names as `sam6d forward pem` has them.
void check_tiny_network(const std::filesystem::path& inputs, const std::filesystem::path& outputs);

}  // namespace sam6d::test
