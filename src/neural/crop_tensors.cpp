#include "neural/crop_tensors.hpp"

#include <algorithm>
#include <cstdint>

#include <ATen/ops/empty.h>

namespace sam6d {

CropTensors to_crop_tensors(std::span<const NetworkCrop* const> crops) {
  const auto count = static_cast<std::int64_t>(crops.size());
  const auto points = static_cast<std::int64_t>(crops.front()->pixels.size());
  CropTensors tensors;
  tensors.rgb_u8 = at::empty({count, kNetworkSide, kNetworkSide, 3}, at::kByte);
  tensors.choose = at::empty({count, points}, at::kInt);
  tensors.points = at::empty({count, points, 3}, at::kFloat);
  auto* rgb = tensors.rgb_u8.data_ptr<std::uint8_t>();
  auto* choose = tensors.choose.data_ptr<std::int32_t>();
  auto* xyz = tensors.points.data_ptr<float>();
  for (const NetworkCrop* const crop : crops) {
    rgb = std::copy(crop->bgr.begin(), crop->bgr.end(), rgb);
    choose = std::copy(crop->pixels.begin(), crop->pixels.end(), choose);
    for (const Eigen::Vector3f& point : crop->points_m) xyz = std::copy_n(point.data(), 3, xyz);
  }
  return tensors;
}

}  // namespace sam6d
