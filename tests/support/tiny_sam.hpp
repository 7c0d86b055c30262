#pragma once

#include "nets/sam.hpp"

namespace sam6d::test {

/// A small network of the goldens, with the formula's weights.
inline nets::SamConfig tiny_sam_a() {
  nets::SamConfig config;
  config.image_size = 256;
  config.width = 64;
  config.depth = 4;
  config.heads = 2;
  config.global_blocks = {1, 3};
  config.channels = 32;
  config.decoder_heads = 4;
  config.decoder_mlp = 64;
  config.iou_hidden = 32;
  return config;
}

/// Another, with a decoder of full size.
inline nets::SamConfig tiny_sam_b() {
  nets::SamConfig config;
  config.image_size = 512;
  config.width = 48;
  config.depth = 3;
  config.heads = 3;
  config.window = 7;
  config.global_blocks = {1};
  return config;
}

}  // namespace sam6d::test
