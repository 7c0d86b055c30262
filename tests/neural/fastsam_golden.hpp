#pragma once

#include "support/golden.hpp"

namespace sam6d::test {

/// Boxes and masks of the made-up output in `golden`, with reference quirks, against its results.
void check_fastsam_post(const Golden& golden);

}  // namespace sam6d::test
