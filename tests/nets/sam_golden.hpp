#pragma once

#include <filesystem>

#include <ATen/core/Tensor.h>

#include "nets/sam.hpp"
#include "support/golden.hpp"
#include "support/tiny_sam.hpp"

namespace sam6d::test {

/// The encoder's stages, those of them that the golden has; all but `step`-th rows and columns are
/// left away there.
void check_sam_encoder(const nets::Sam& sam, const Golden& golden, const at::Tensor& input,
                       std::int64_t step);
/// The decoder's answers to points, several points, boxes and masks on the golden's embedding.
void check_sam_decoder(const nets::Sam& sam, const Golden& golden);

}  // namespace sam6d::test
