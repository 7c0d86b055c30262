#include "neural/descriptors.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include <ATen/ops/empty.h>
#include <c10/core/InferenceMode.h>

#include "base/parallel.hpp"
#include "base/progress.hpp"

namespace sam6d {
namespace {

constexpr double kLeastLength = 1e-12;

/// Crops `begin` .. `begin + count - 1` and which of their patches are valid.
struct CropBatch {
  at::Tensor images;  ///< (count,3,224,224) float32
  at::Tensor valid;   ///< (count,256) bool

  CropBatch(int begin, int count, const CropFn& cut, int threads)
      : images(at::empty({count, 3, kCropSide, kCropSide}, at::kFloat)),
        valid(at::empty({count, kCropPatches}, at::kBool)) {
    const at::Tensor weights = at::empty({count, kCropPixels}, at::kFloat);
    auto* const rgb = images.data_ptr<float>();
    auto* const weight = weights.data_ptr<float>();
    auto* const is_valid = valid.data_ptr<bool>();
    parallel_for(count, threads, [&](int i) {
      constexpr std::size_t kPixels = kCropPixels;
      const auto index = static_cast<std::size_t>(i);
      const CropPixels crop{{rgb + index * 3 * kPixels, 3 * kPixels},
                            {weight + index * kPixels, kPixels}};
      cut(begin + i, crop);
      const std::array<bool, kCropPatches> patches = valid_patches(crop.weights);
      std::ranges::copy(patches, is_valid + index * kCropPatches);
    });
  }
};

}  // namespace

Descriptors describe_crops(const nets::Dinov2& network, int count, const CropFn& cut,
                           const DescriptorSettings& settings, std::string_view stage,
                           const ProgressFn& progress) {
  const c10::InferenceMode inference;
  const at::TensorOptions options = at::TensorOptions(at::kFloat).device(network.device);
  const std::int64_t width = network.config.width;
  Descriptors result{at::empty({count, width}, options),
                     at::empty({count, kCropPatches, width}, options)};
  for (int begin = 0; begin < count; begin += settings.batch_size) {
    report(progress, stage, begin, count);
    const int some = std::min(settings.batch_size, count - begin);
    const CropBatch batch(begin, some, cut, settings.threads);
    const nets::Dinov2Tokens tokens = nets::tokens_of(network, batch.images, batch.valid);
    result.cls.narrow(0, begin, some).copy_(tokens.cls);
    const at::Tensor lengths = tokens.patch.norm(2, {2}, true).clamp_min(kLeastLength);
    result.patches.narrow(0, begin, some).copy_(tokens.patch.div(lengths));
  }
  report(progress, stage, count, count);
  return result;
}

Descriptors describe(const nets::Dinov2& network, const ImageView<Rgb8>& rgb,
                     std::span<const Proposal> proposals, const DescriptorSettings& settings,
                     const ProgressFn& progress) {
  const auto cut = [&](int i, const CropPixels& crop) {
    crop_proposal(rgb, proposals[static_cast<std::size_t>(i)], crop);
  };
  return describe_crops(network, static_cast<int>(proposals.size()), cut, settings,
                        "proposal descriptors", progress);
}

}  // namespace sam6d
