#pragma once

#include <filesystem>

namespace sam6d::test {

/// Compares the tiny DINOv2 with whatever stages of the cases a, b, c and d the golden has.
void check_tiny_dinov2(const std::filesystem::path& golden);

}  // namespace sam6d::test
