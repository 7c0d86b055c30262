#pragma once

#include <cstdint>
#include <vector>

#include "nets/geometric_embedding.hpp"

namespace sam6d::nets {

/// The pairs of one cloud.
struct CloudPairs {
  std::int64_t n = 0;
  std::vector<float> x, y, z;
  std::vector<float> distances;         ///< n x n, in units of sigma_d
  std::vector<std::int32_t> neighbour;  ///< n x k, from near to far
  std::vector<float> far;               ///< distances that lie beyond the table
  std::vector<std::int32_t> far_index;  ///< n x n: index into `far`, or -1
};

/// points: n x 3.
[[nodiscard]] CloudPairs cloud_pairs(const float* points, std::int64_t n,
                                     const GeometricEmbedding& embedding);

/// Embeds point i with all n into `out`, n x channels. far: the embeddings of pairs.far,
/// and one row more.
void embed_row(const CloudPairs& pairs, std::int64_t i, const GeometricEmbedding& embedding,
               const float* far, float* out);

}  // namespace sam6d::nets
