#pragma once

#include <functional>
#include <span>
#include <string_view>

#include <ATen/core/Tensor.h>

#include "nets/dinov2.hpp"
#include "neural/proposal.hpp"
#include "neural/proposal_crop.hpp"
#include "sam6d/image.hpp"
#include "sam6d/progress.hpp"

namespace sam6d {

/// What the descriptor network says of pictures: one row each, on the network's device.
struct Descriptors {
  at::Tensor cls;      ///< (n,C) float32: class tokens, as the network gives them
  at::Tensor patches;  ///< (n,256,C) float32: unit length, or 0 where the mask covers half or less
};

struct DescriptorSettings {
  int batch_size = 16;  ///< pictures that go through the network together
  int threads = 0;      ///< that cut crops; 0 = one a core
};

/// Cuts crop number i.
using CropFn = std::function<void(int i, const CropPixels& crop)>;

/// Throws Error(kCancelled); exceptions of LibTorch pass through. `stage` names it in the progress.
[[nodiscard]] Descriptors describe_crops(const nets::Dinov2& network, int count, const CropFn& cut,
                                         const DescriptorSettings& settings, std::string_view stage,
                                         const ProgressFn& progress);

/// Of the proposals of a picture, in their order.
[[nodiscard]] Descriptors describe(const nets::Dinov2& network, const ImageView<Rgb8>& rgb,
                                   std::span<const Proposal> proposals,
                                   const DescriptorSettings& settings = {},
                                   const ProgressFn& progress = {});

}  // namespace sam6d
