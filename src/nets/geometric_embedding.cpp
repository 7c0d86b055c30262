#include "nets/geometric_embedding.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <tuple>

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/atan2.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/linalg_cross.h>
#include <ATen/ops/linalg_vector_norm.h>
#include <ATen/ops/stack.h>
#include <ATen/ops/zeros.h>

#include "nets/pair_embedding.hpp"

namespace sam6d::nets {
namespace {

/// Ends of the tables. Points of an object are at most 2 radii apart, those of a detection little
/// more: 10 to 12 units of sigma_d.
constexpr double kTabulatedDistance = 16.0;

at::Tensor table_of(const Linear& layer, double end) {
  const auto entries = static_cast<std::int64_t>(std::ceil(end * SinusoidTable::kEntriesAUnit)) + 2;
  const at::Tensor x = at::arange(entries, at::kFloat).div(SinusoidTable::kEntriesAUnit);
  return apply(layer, sinusoids(x, layer.weight.size(1))).contiguous();
}

at::Tensor reduced(const GeometricEmbedding& embedding, const at::Tensor& of_angles) {
  return embedding.reduction == PemConfig::Reduction::kMax ? of_angles.amax(3) : of_angles.mean(3);
}

}  // namespace

at::Tensor sinusoids(const at::Tensor& x, std::int64_t channels) {
  const at::Tensor frequencies = at::arange(0, channels, 2, x.options())
                                     .mul(-std::log(10000.0) / static_cast<double>(channels))
                                     .exp();
  const at::Tensor phases = x.unsqueeze(-1).mul(frequencies);
  return at::stack({phases.sin(), phases.cos()}, -1).flatten(-2);
}

GeometricEmbedding take_geometric_embedding(Parameters& parameters, const std::string& prefix,
                                            const PemConfig& config) {
  GeometricEmbedding embedding;
  embedding.sigma_d = config.sigma_d;
  embedding.angle_scale =
      static_cast<float>(180.0 / (static_cast<double>(config.sigma_a) * std::numbers::pi));
  embedding.neighbours = config.angle_neighbours;
  embedding.reduction = config.angle_reduction;
  const auto projection = [&](const char* name) {
    return parameters.in_float32(
        [&] { return take_linear(parameters, prefix + name, config.channels, config.channels); });
  };
  embedding.distance = projection("proj_d");
  embedding.angle = projection("proj_a");
  parameters.ignore(prefix + "embedding.div_term", {config.channels / 2});
  return embedding;
}

void tabulate(GeometricEmbedding& embedding) {
  embedding.distance_table.values = table_of(embedding.distance, kTabulatedDistance);
  embedding.angle_table.values =
      table_of(embedding.angle, std::numbers::pi * static_cast<double>(embedding.angle_scale));
}

PairGeometry pair_geometry(const GeometricEmbedding& embedding, const at::Tensor& points) {
  // anchors[b,i,j] points from i to j. By differences, where the original expands the square: its
  // rounding, up to 4e-3 on the diagonal, is noise that nothing was trained to need.
  const at::Tensor anchors = points.unsqueeze(1).sub(points.unsqueeze(2));
  const at::Tensor distances = at::linalg_vector_norm(anchors, 2, {3});
  const std::int64_t k = embedding.neighbours;
  // The nearest of all is taken for the point itself.
  const at::Tensor nearest = std::get<1>(distances.topk(k + 1, 2, false, true)).narrow(2, 1, k);
  const at::Tensor references =
      anchors.gather(2, nearest.unsqueeze(3).expand({-1, -1, -1, 3})).unsqueeze(2);
  const at::Tensor directions = anchors.unsqueeze(3);
  const at::Tensor sines =
      at::linalg_vector_norm(at::linalg_cross(references, directions, 4), 2, {4});
  // Adding 0 makes 0 of -0, whose angle would be pi.
  const at::Tensor cosines = references.mul(directions).sum(4).add(0.0);
  return {distances.div(embedding.sigma_d), at::atan2(sines, cosines).mul(embedding.angle_scale)};
}

at::Tensor embed_pairs_directly(const GeometricEmbedding& embedding, const at::Tensor& points) {
  const PairGeometry pairs = pair_geometry(embedding, points);
  const std::int64_t channels = embedding.distance.weight.size(1);
  const auto embedded = [&](const Linear& layer, const at::Tensor& x) {
    return apply(layer, sinusoids(x, channels));
  };
  return embedded(embedding.distance, pairs.distances)
      .add(reduced(embedding, embedded(embedding.angle, pairs.angles)));
}

at::Tensor embed_pairs(const GeometricEmbedding& embedding, const at::Tensor& points) {
  if (!points.device().is_cpu()) return embed_pairs_directly(embedding, points);
  const std::int64_t n = points.size(1);
  const at::Tensor& distance_table = embedding.distance_table.values;
  const std::int64_t channels = distance_table.size(1);
  const at::Tensor contiguous = points.contiguous();
  at::Tensor result = at::empty({points.size(0), n, n, channels}, at::kFloat);
  for (std::int64_t b = 0; b < points.size(0); ++b) {
    const CloudPairs pairs = cloud_pairs(contiguous[b].data_ptr<float>(), n, embedding);
    at::Tensor far;
    if (!pairs.far.empty()) {
      // One more: a row is read with the next one.
      const at::Tensor x = at::zeros({static_cast<std::int64_t>(pairs.far.size()) + 1}, at::kFloat);
      std::copy(pairs.far.begin(), pairs.far.end(), x.data_ptr<float>());
      far = apply(embedding.distance, sinusoids(x, channels)).contiguous();
    }
    float* const out = result[b].data_ptr<float>();
    at::parallel_for(0, n, 1, [&](std::int64_t begin, std::int64_t end) {
      for (std::int64_t i = begin; i < end; ++i) {
        embed_row(pairs, i, embedding, far.defined() ? far.data_ptr<float>() : nullptr,
                  out + i * n * channels);
      }
    });
  }
  return result;
}

}  // namespace sam6d::nets
