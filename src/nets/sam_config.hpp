#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sam6d/weights.hpp"

namespace sam6d::nets {

/// Sizes of SAM (Kirillov et al., ICCV 2023); the defaults are those of the published ViT-H.
struct SamConfig {
  std::int64_t image_size = 1024;  ///< side of the input, pixels
  std::int64_t patch_size = 16;
  std::int64_t width = 1280;  ///< channels of the image encoder's tokens
  std::int64_t depth = 32;
  std::int64_t heads = 16;
  std::int64_t window = 14;                                ///< side of the windows, tokens
  std::vector<std::int64_t> global_blocks{7, 15, 23, 31};  ///< those without windows
  std::int64_t channels = 256;      ///< of the embedding, of prompts and of the decoder
  std::int64_t mask_channels = 16;  ///< inside the encoder of mask prompts
  std::int64_t decoder_heads = 8;
  std::int64_t decoder_mlp = 2048;
  std::int64_t iou_hidden = 256;

  [[nodiscard]] std::int64_t grid() const { return image_size / patch_size; }
  /// Side of the decoder's masks, pixels.
  [[nodiscard]] std::int64_t mask_size() const { return 4 * grid(); }
  [[nodiscard]] bool is_global(std::int64_t block) const;
  /// Throws Error(kInvalidArgument) that names the field.
  void validate() const;
};

/// Masks that the decoder gives a prompt: one for prompts without doubt, then three for parts,
/// things and groups of them.
inline constexpr std::int64_t kSamMasks = 4;

/// The sizes that follow from the shapes of the weights' tensors; ViT-H's for weights that a
/// formula makes. Only `decoder_heads` leaves no trace in them. Throws Error(kBadWeights).
[[nodiscard]] SamConfig sam_config_of(const Weights& weights);

/// `base` with the fields that a JSON object has as keys. Throws Error(kInvalidArgument) for what
/// is no JSON object, unknown keys, values of another type, and what validate() refuses.
[[nodiscard]] SamConfig sam_config_from_json(std::string_view text, const SamConfig& base = {});

}  // namespace sam6d::nets
