#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/dinov2_config.hpp"
#include "nets/layers.hpp"
#include "nets/parameters.hpp"
#include "nets/stage.hpp"
#include "sam6d/weights.hpp"

/// DINOv2 (Oquab et al. 2024, https://arxiv.org/abs/2304.07193; Apache 2.0): a vision transformer
/// that was trained without labels, whose class token says what a picture shows and whose patch
/// tokens say what lies where. Functions may be called from several threads.
namespace sam6d::nets {

/// Positions of the patches for pictures of any size, made from the table that was trained for one,
/// as DINOv2's authors do: bicubic, with the scale (patches + 0.1) / (patches of the table), which
/// does not quite meet the corners but is what the weights are used with.
class PositionTable {
 public:
  /// table: (1,1+n*n,C) float32, the class token's place first. Positions come in `type`.
  PositionTable(at::Tensor table, at::ScalarType type) : table_(std::move(table)), type_(type) {}

  /// (1,1+rows*columns,C). The sizes that were asked for last are kept.
  [[nodiscard]] at::Tensor of(std::int64_t rows, std::int64_t columns) const;

 private:
  [[nodiscard]] at::Tensor interpolated(std::int64_t rows, std::int64_t columns) const;

  at::Tensor table_;
  at::ScalarType type_;
  mutable std::mutex mutex_;
  mutable std::map<std::pair<std::int64_t, std::int64_t>, at::Tensor> kept_;
};

struct Dinov2Block {
  LayerNorm norm1;
  Linear qkv;
  Linear projection;
  at::Tensor scale1;  ///< (C): LayerScale (Touvron et al. 2021, https://arxiv.org/abs/2103.17239)
  LayerNorm norm2;
  Linear expand;  ///< in gated networks both halves, side by side
  Linear squeeze;
  at::Tensor scale2;
};

struct Dinov2 {
  Dinov2Config config;  ///< complete
  at::Device device = at::kCPU;
  at::ScalarType type = at::kFloat;
  std::string hash;        ///< of all that changes what it gives, but for the type
  std::int64_t bytes = 0;  ///< of the tensors
  at::Tensor class_token;  ///< (1,1,C)
  std::shared_ptr<const PositionTable> positions;
  Linear patches;  ///< of a patch's pixels: channel, row, column
  std::vector<Dinov2Block> blocks;
  LayerNorm norm;
};

/// Tensors under the names of the published files (cls_token, blocks.0.norm1.weight, ...);
/// mask_token, which only training uses, is ignored. Throws Error(kBadWeights), naming all tensors
/// that are missing, surplus or of another shape, and what completed() throws.
[[nodiscard]] Dinov2 load_dinov2(const Weights& weights, at::Device device = at::kCPU,
                                 at::ScalarType type = at::kFloat, const Dinov2Config& config = {});

/// The network's description, which load_dinov2() runs on the weights; `config` without zeros.
[[nodiscard]] Dinov2 take_dinov2(Parameters& parameters, const Dinov2Config& config,
                                 at::ScalarType type = at::kFloat);

struct Dinov2Tokens {
  at::Tensor cls;    ///< (B,C), float32
  at::Tensor patch;  ///< (B,N,C), float32, patches row after row
};

/// images: (B,3,H,W), floating point on any device, normalised by the mean and deviation of
/// ImageNet's colours; H and W are multiples of 14, else Error(kInvalidArgument). Tokens come after
/// the last norm, on the network's device. Stages: tokens, pos, block0, block1, ...
[[nodiscard]] Dinov2Tokens tokens(const Dinov2& network, const at::Tensor& images,
                                  const StageFn& stage = {});

/// The same, but tokens only of those patches that `wanted`, (B,N) bool, names; others are 0. All
/// that the others' tokens do not need, which is the last block behind its attention, is left out.
/// Before that every patch counts, also a black one: it is a key of every attention, with its
/// position and what it gathered.
[[nodiscard]] Dinov2Tokens tokens_of(const Dinov2& network, const at::Tensor& images,
                                     const at::Tensor& wanted);

}  // namespace sam6d::nets
