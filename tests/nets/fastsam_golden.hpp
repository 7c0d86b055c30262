#pragma once

#include <filesystem>

#include "support/golden.hpp"

namespace sam6d::test {

/// Runs the tiny network of the goldens (formula weights, laid over by those of `overrides`) on
/// `input` and compares every stage and both outputs with those of `golden`.
void check_tiny_fastsam(const Golden& golden, const std::filesystem::path& overrides,
                        const at::Tensor& input);

}  // namespace sam6d::test
