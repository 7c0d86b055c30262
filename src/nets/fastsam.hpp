#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/convolution.hpp"
#include "nets/fastsam_sizes.hpp"
#include "nets/stage.hpp"
#include "sam6d/weights.hpp"

/// FastSAM (Zhao et al. 2023, https://arxiv.org/abs/2306.12156): a YOLOv8 segmentation network that
/// knows one class, "a thing", under the names of its published weights.
namespace sam6d::nets {

/// A bottleneck of two 3 x 3 convolutions.
struct FastSamBlock {
  Convolution cv1;
  Convolution cv2;
};

/// A cross-stage stage: half of the channels pass the blocks, one after the other, and every
/// block's output goes into the last convolution.
struct FastSamStage {
  Convolution cv1;
  Convolution cv2;
  std::vector<FastSamBlock> blocks;
  bool shortcut = false;  ///< each block adds its input
};

/// Two convolutions of 3 x 3 and one of 1 x 1.
struct FastSamBranch {
  Convolution cv1;
  Convolution cv2;
  Convolution output;
};

/// What is read off one of the neck's maps.
struct FastSamLevel {
  FastSamBranch boxes;   ///< four distances, each as weights of bins
  FastSamBranch scores;  ///< logits
  FastSamBranch masks;   ///< coefficients of the prototypes
};

struct FastSam {
  FastSamSizes sizes;
  at::ScalarType type = at::kFloat;
  at::Device device = at::kCPU;
  std::int64_t bytes = 0;  ///< of the parameters

  std::array<Convolution, 5> down;       ///< of stride 2: layers 0, 1, 3, 5, 7
  std::array<FastSamStage, 4> backbone;  ///< layers 2, 4, 6, 8
  Convolution pool_in;                   ///< layer 9: three max poolings in a row
  Convolution pool_out;
  std::array<FastSamStage, 2> top_down;   ///< layers 12, 15
  std::array<Convolution, 2> neck_down;   ///< layers 16, 19
  std::array<FastSamStage, 2> bottom_up;  ///< layers 18, 21
  std::array<FastSamLevel, 3> levels;     ///< of layers 15, 18, 21
  at::Tensor bins;                        ///< (16) float32: the distance that a bin stands for
  Convolution proto_in;
  at::Tensor proto_up_weight;  ///< (2*2*out,in): a transposed convolution of 2 x 2, stride 2
  at::Tensor proto_up_bias;    ///< (2*2*out)
  Convolution proto_mid;
  Convolution proto_out;
};

/// Side of the largest cell: both sides of a picture must be multiples of it.
inline constexpr std::int64_t kFastSamStride = 32;
inline constexpr std::int64_t kFastSamMasks = 32;  ///< prototypes, and coefficients of a box
/// The prototypes' size is that of the picture divided by it.
inline constexpr std::int64_t kFastSamProtoStride = 4;

/// Throws Error(kBadWeights) that lists the tensors that are missing, surplus or of another shape.
[[nodiscard]] FastSam load_fastsam(const Weights& weights, const FastSamSizes& sizes,
                                   at::Device device, at::ScalarType type);

/// The network's description, which load_fastsam() runs on the weights.
[[nodiscard]] FastSam take_fastsam(Parameters& parameters, const FastSamSizes& sizes);

struct FastSamOutput {
  /// (B,4+1+32,n) float32, n cells at 1/8, then 1/16, then 1/32, row by row: centre, width and
  /// height in pixels of the picture, score 0..1, coefficients.
  at::Tensor pred;
  at::Tensor proto;  ///< (B,32,H/4,W/4) float32
};

/// images: (B,3,H,W), 0..1, of any floating-point type; sides multiples of 32. Throws
/// Error(kInvalidArgument) for others. `stage` gets layer0 to layer21.
[[nodiscard]] FastSamOutput run(const FastSam& network, const at::Tensor& images,
                                const StageFn& stage = {});

}  // namespace sam6d::nets
