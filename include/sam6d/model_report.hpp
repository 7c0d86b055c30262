#pragma once

#include <cstdint>
#include <string>

#include "sam6d/device.hpp"

namespace sam6d {

/// A network that is in memory.
struct ModelReport {
  std::string network;  ///< "pem"
  std::string source;   ///< where its weights come from
  std::string hash;     ///< of weights and sizes: what objects are prepared for
  Device device;
  Precision precision = Precision::kFloat32;
  double load_seconds = 0;
  std::int64_t bytes = 0;  ///< of parameters and tables on the device
};

}  // namespace sam6d
