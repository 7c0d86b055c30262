#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include <ATen/core/Tensor.h>

#include "nets/precision.hpp"
#include "nets/sam_config.hpp"
#include "nets/sam_decoder.hpp"
#include "nets/sam_prompts.hpp"
#include "nets/stage.hpp"
#include "sam6d/device.hpp"
#include "sam6d/progress.hpp"
#include "sam6d/weights.hpp"

/// "Segment Anything" (Kirillov et al., ICCV 2023, https://arxiv.org/abs/2304.02643): an image
/// encoder, whose work is done once a picture, and a decoder of masks for points, boxes and masks.
namespace sam6d::nets {

struct SamNetwork;

/// The network with its weights on a device. An immutable value, cheap to copy; all functions of it
/// may be called from several threads.
class Sam {
 public:
  /// Throws Error(kBadWeights) that lists the tensors that are missing, surplus or of another
  /// shape, and Error(kDevice), Error(kOutOfMemory). `progress`: stage "load sam".
  Sam(const Weights& weights, const SamConfig& config, const Device& device = {},
      Precision precision = Precision::kFloat32, const ProgressFn& progress = {});
  /// Of the sizes that the weights have.
  explicit Sam(const Weights& weights, const Device& device = {},
               Precision precision = Precision::kFloat32, const ProgressFn& progress = {});

  [[nodiscard]] const SamConfig& config() const;
  /// Of the weights.
  [[nodiscard]] const std::string& hash() const;
  /// Bytes of the parameters on the device.
  [[nodiscard]] std::int64_t bytes() const;

  /// input: (1,3,image_size,image_size) float32, normalised, padded with zeros on the right and
  /// below. Returns the embedding (1,channels,grid,grid) float32. `stage` gets enc_tokens and
  /// enc_block*; `progress`: stage "image encoder".
  [[nodiscard]] at::Tensor encode(const at::Tensor& input, const ProgressFn& progress = {},
                                  const StageFn& stage = {}) const;
  /// (1,channels,grid,grid) float32: the positions of an embedding's places, the same for all.
  [[nodiscard]] const at::Tensor& image_positions() const;

  /// What the decoder needs of a picture, whatever the prompts. embedding: as encode() gives it.
  [[nodiscard]] SamImage share(const at::Tensor& embedding) const;
  /// Throws Error(kInvalidArgument) for prompts whose shapes do not go together.
  [[nodiscard]] SamPromptTokens embed(const SamPrompts& prompts) const;
  /// Prompts' qualities, and what draw() makes masks of. `stage`: see nets/sam_decoder.hpp.
  [[nodiscard]] SamAnswers answer(const SamImage& image, const SamPrompts& prompts,
                                  const StageFn& stage = {}) const;
  /// Logits (n,kSamMasks,mask_size,mask_size) float32 of some prompts: `which` (n) int64.
  [[nodiscard]] at::Tensor draw(const SamAnswers& answers, const at::Tensor& which,
                                const StageFn& stage = {}) const;

 private:
  std::shared_ptr<const SamNetwork> network_;
};

}  // namespace sam6d::nets
