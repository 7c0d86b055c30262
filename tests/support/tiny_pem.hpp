#pragma once

#include "nets/pem_config.hpp"

namespace sam6d::test {

/// The pose network in small, so that a pose takes milliseconds: the configuration of
/// tests/data/pem/tiny_*.
inline nets::PemConfig tiny_config() {
  nets::PemConfig config;
  config.vit.width = 48;
  config.vit.depth = 4;
  config.vit.heads = 3;
  config.vit.out_channels = 32;
  config.coarse_points = 48;
  config.fine_points = 256;
  config.channels = 32;
  config.coarse_blocks = 2;
  config.fine_blocks = 2;
  config.hypotheses = 200;
  config.kept_hypotheses = 20;
  return config;
}

}  // namespace sam6d::test
