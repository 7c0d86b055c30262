#pragma once

#include <span>

#include <ATen/core/Tensor.h>

#include "neural/network_crop.hpp"

namespace sam6d {

/// Crops as a batch; all must have as many points.
struct CropTensors {
  at::Tensor rgb_u8;  ///< (B,224,224,3) uint8, channels as the network takes them
  at::Tensor choose;  ///< (B,n) int32
  at::Tensor points;  ///< (B,n,3) float32, metres
};

[[nodiscard]] CropTensors to_crop_tensors(std::span<const NetworkCrop* const> crops);

}  // namespace sam6d
