#pragma once

#include <cstdint>
#include <vector>

#include "nets/matrix_lanes.hpp"
#include "ops/shared_mlp.hpp"

/// The perceptron of a point's neighbourhood on the CPU, as one pass: activations of a
/// neighbourhood stay in the cache and those of the last layer in registers.
namespace sam6d::nets {

/// A layer's weights in the order in which they are read: for every `block` outputs, input by
/// input.
struct PackedLayer {
  std::vector<float> weight;  ///< outputs are padded to whole blocks with 0
  std::vector<float> bias;
  int in = 0, out = 0, padded_out = 0;
};

struct PackedMlp {
  std::vector<PackedLayer> layers;
  MatrixLevel level;
};

[[nodiscard]] PackedMlp packed_mlp(const ops::SharedMlp& mlp, MatrixLevel level);

/// A cloud and the neighbours of its points, `samples` indices each as ball_query returns them.
struct Neighbourhoods {
  const float* xyz;
  const std::int32_t* idx;
  int samples;
};

/// For the points begin .. end-1 the largest of each channel over their neighbours, of coordinates
/// relative to the point followed by absolute ones. encoded: the mlp's outputs a point.
void encode(const PackedMlp& mlp, const Neighbourhoods& neighbourhoods, int begin, int end,
            float* encoded);

}  // namespace sam6d::nets
