#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "nets/geometric_embedding.hpp"
#include "nets/linear_attention.hpp"
#include "nets/pem.hpp"
#include "nets/pixel_features.hpp"
#include "nets/transformer.hpp"
#include "ops/shared_mlp.hpp"

namespace sam6d::nets {

/// Features of a point's neighbourhoods of two sizes (SAM-6D, Lin et al. 2024, section 3.2.2;
/// PointNet++'s multi-scale grouping).
struct PointEncoding {
  float radius1 = 0.1F;
  float radius2 = 0.2F;
  ops::SharedMlp mlp1;
  ops::SharedMlp mlp2;
  Linear output;
};

struct CoarseMatching {
  Linear input;
  Linear output;
  at::Tensor background;  ///< (1,1,channels)
  std::vector<GeometricBlock> blocks;
};

/// Attention among the sparse points, which the dense ones then attend to.
struct SparseToDenseBlock {
  GeometricBlock sparse;
  LinearLayer dense;
};

struct FineMatching {
  Linear input;
  Linear output;
  at::Tensor background;  ///< (1,1,channels)
  PointEncoding encoding;
  std::vector<SparseToDenseBlock> blocks;
};

struct PemNetwork {
  PemConfig config;
  at::ScalarType type = at::kFloat;  ///< of the features and weights
  at::Device device = at::kCPU;
  std::int64_t bytes = 0;
  PixelFeatures features;
  GeometricEmbedding embedding;
  CoarseMatching coarse;
  FineMatching fine;
};

struct PemObject {
  at::Tensor radius;         ///< (): the cloud's, metres, and 1e-6 more
  at::Tensor points;         ///< (fine_points,3), divided by it
  at::Tensor features;       ///< (fine_points,out_channels)
  at::Tensor model;          ///< (m,3), divided by the radius
  at::Tensor sparse_index;   ///< (coarse_points) int32 into points
  at::Tensor places;         ///< (coarse_points+1,coarse_points+1,channels): embedded pairs
  at::Tensor coarse_tokens;  ///< (coarse_points+1,channels), after the first self-attention
  at::Tensor fine_tokens;    ///< (fine_points,channels), before the first block
  at::Tensor fine_sparse;    ///< (coarse_points+1,channels), after the first self-attention
};

/// All of it under the names of the published weights, in float32 on the CPU.
[[nodiscard]] PemNetwork take_pem(Parameters& parameters, const PemConfig& config);

/// points: (B,n,3), divided by the radius. Returns (B,n,channels) in the type of the weights.
[[nodiscard]] at::Tensor encode_points(const PointEncoding& encoding, const at::Tensor& points);

/// The background's place, then the points: (B,n,3) to (B,n+1,3).
[[nodiscard]] at::Tensor with_background_point(const at::Tensor& points);

/// Rows of x, (B,n,c), that idx, (B,m) int32, names.
[[nodiscard]] at::Tensor rows_at(const at::Tensor& x, const at::Tensor& idx);

/// Tokens of the sparse points among dense ones, background first. The original takes them from a
/// list in which the background precedes the dense tokens, by indices that do not count it, so that
/// point i is represented by the token of point i - 1, and point 0 by the background. The weights
/// were trained with that.
[[nodiscard]] at::Tensor sparse_tokens(const at::Tensor& dense, const at::Tensor& background,
                                       const at::Tensor& idx);

}  // namespace sam6d::nets
