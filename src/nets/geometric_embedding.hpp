#pragma once

#include <cstdint>
#include <string>

#include <ATen/core/Tensor.h>

#include "nets/layers.hpp"
#include "nets/pem_config.hpp"

/// Geometric structure embedding (GeoTransformer, Qin et al. 2022, section 3.2): what a transformer
/// is told of the places of two points, by their distance and by the angles that the direction from
/// one to the other makes with those to its nearest neighbours.
namespace sam6d::nets {

/// (sin w0 x, cos w0 x, sin w1 x, ...), w_i = 10000^(-2i/channels). x: any shape, float32. Returns
/// (...,channels).
[[nodiscard]] at::Tensor sinusoids(const at::Tensor& x, std::int64_t channels);

/// layer(sinusoids(x)) for 0 <= x, at steps of 1 / kEntriesAUnit: a function of one number, between
/// whose values linear interpolation is off by (w0^2 + ...) / (8 kEntriesAUnit^2) at most, about
/// 1.5e-5 for values up to 2.3 (the tests state it).
struct SinusoidTable {
  static constexpr std::int64_t kEntriesAUnit = 64;
  at::Tensor values;  ///< (entries,channels) float32, on the CPU
};

struct GeometricEmbedding {
  float sigma_d = 0.2F;
  float angle_scale = 0;  ///< from radians to units of sigma_a
  std::int64_t neighbours = 3;
  PemConfig::Reduction reduction = PemConfig::Reduction::kMax;
  Linear distance;
  Linear angle;
  SinusoidTable distance_table;  ///< of networks on the CPU
  SinusoidTable angle_table;
};

[[nodiscard]] GeometricEmbedding take_geometric_embedding(Parameters& parameters,
                                                          const std::string& prefix,
                                                          const PemConfig& config);

/// Makes the tables.
void tabulate(GeometricEmbedding& embedding);

/// The numbers that are embedded.
struct PairGeometry {
  at::Tensor distances;  ///< (B,n,n): in units of sigma_d
  at::Tensor angles;     ///< (B,n,n,k): in units of sigma_a, neighbours from near to far
};

/// points: (B,n,3) float32, n > neighbours.
[[nodiscard]] PairGeometry pair_geometry(const GeometricEmbedding& embedding,
                                         const at::Tensor& points);

/// Returns (B,n,n,channels) float32. On the CPU from the tables, where a distance lies in them.
[[nodiscard]] at::Tensor embed_pairs(const GeometricEmbedding& embedding, const at::Tensor& points);

/// The same without tables, every number for itself.
[[nodiscard]] at::Tensor embed_pairs_directly(const GeometricEmbedding& embedding,
                                              const at::Tensor& points);

}  // namespace sam6d::nets
