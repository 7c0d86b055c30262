#include "nets/cpu_point_encoding.hpp"

#include <algorithm>
#include <cstring>

#include "ops/lanes.hpp"

// This file is compiled with contraction to fused multiply-adds.
namespace sam6d::nets {
namespace {

constexpr int kInputs = 6;    // relative, then absolute coordinates
constexpr int kTileRows = 6;  // of two vectors each: twelve sums fill what FMA units have in flight

/// sink(row, vector 0, vector 1) of kRows rows of `in` inputs each, `stride` apart.
template <int kLanes, int kRows, class Sink>
SAM6D_INLINE void tile(const float* rows, int stride, int in, const float* weight,
                       const float* bias, const Sink& sink) {
  using V = typename Vector<kLanes>::Floats;
  V sums[kRows][2];
  for (int r = 0; r < kRows; ++r) {
    ops::load(sums[r][0], bias);
    ops::load(sums[r][1], bias + kLanes);
  }
  for (int k = 0; k < in; ++k) {
    V w0{};
    V w1{};
    ops::load(w0, weight + 2 * kLanes * k);
    ops::load(w1, weight + 2 * kLanes * k + kLanes);
    for (int r = 0; r < kRows; ++r) {
      const float value = rows[stride * r + k];
      sums[r][0] += value * w0;
      sums[r][1] += value * w1;
    }
  }
  for (int r = 0; r < kRows; ++r) sink(r, sums[r][0], sums[r][1]);
}

/// sink(row, vector 0, vector 1) of all `count` rows, in tiles of about the same height.
template <int kLanes, class Sink>
SAM6D_INLINE void block_of_rows(const float* rows, int stride, int count, int in,
                                const float* weight, const float* bias, const Sink& sink) {
  using V = typename Vector<kLanes>::Floats;
  const int tiles = (count + kTileRows - 1) / kTileRows;
  int first = 0;
  for (int t = 0; t < tiles; ++t) {
    const int height = count / tiles + (t < count % tiles ? 1 : 0);
    const float* const from = rows + stride * first;
    const auto at_row = [&](int r, const V& s0, const V& s1) __attribute__((always_inline)) {
      sink(first + r, s0, s1);
    };
    switch (height) {
      case 1: tile<kLanes, 1>(from, stride, in, weight, bias, at_row); break;
      case 2: tile<kLanes, 2>(from, stride, in, weight, bias, at_row); break;
      case 3: tile<kLanes, 3>(from, stride, in, weight, bias, at_row); break;
      case 4: tile<kLanes, 4>(from, stride, in, weight, bias, at_row); break;
      case 5: tile<kLanes, 5>(from, stride, in, weight, bias, at_row); break;
      default: tile<kLanes, kTileRows>(from, stride, in, weight, bias, at_row); break;
    }
    first += height;
  }
}

/// How many of a ball query's slots are neighbours: the free ones repeat the first.
SAM6D_INLINE int neighbour_count(const std::int32_t* idx, int samples) {
  int count = 1;
  while (count < samples && idx[count] != idx[0]) ++count;
  return count;
}

struct Encoding {
  const PackedMlp& mlp;
  const Neighbourhoods& neighbourhoods;
  int begin, end;
  float* from;  ///< scratch: activations of a neighbourhood
  float* to;
  float* encoded;

  template <int kLanes>
  SAM6D_INLINE void run() const {
    const std::size_t last = mlp.layers.size() - 1;
    for (int i = begin; i < end; ++i) {
      const std::int32_t* const idx =
          neighbourhoods.idx + std::ptrdiff_t{i} * neighbourhoods.samples;
      const int count = neighbour_count(idx, neighbourhoods.samples);
      float* rows = from;
      float* next = to;
      const float* const centre = neighbourhoods.xyz + std::ptrdiff_t{3} * i;
      for (int k = 0; k < count; ++k) {
        const float* const point = neighbourhoods.xyz + std::ptrdiff_t{3} * idx[k];
        for (int c = 0; c < 3; ++c) {
          rows[kInputs * k + c] = point[c] - centre[c];
          rows[kInputs * k + 3 + c] = point[c];
        }
      }
      int stride = kInputs;
      for (std::size_t l = 0; l < last; ++l) {
        hidden<kLanes>(mlp.layers[l], rows, stride, count, next);
        stride = mlp.layers[l].padded_out;
        std::swap(rows, next);
      }
      pooled<kLanes>(mlp.layers[last], rows, stride, count,
                     encoded + std::ptrdiff_t{i} * mlp.layers[last].out);
    }
  }

 private:
  template <int kLanes>
  SAM6D_INLINE static void hidden(const PackedLayer& layer, const float* rows, int stride,
                                  int count, float* out) {
    using V = typename Vector<kLanes>::Floats;
    for (int j = 0; j < layer.padded_out; j += 2 * kLanes) {
      block_of_rows<kLanes>(
          rows, stride, count, layer.in, layer.weight.data() + j * layer.in, layer.bias.data() + j,
          [&](int r, const V& s0, const V& s1) __attribute__((always_inline)) {
            float* const row = out + layer.padded_out * r + j;
            ops::store(row, s0 > 0.0F ? s0 : V{});
            ops::store(row + kLanes, s1 > 0.0F ? s1 : V{});
          });
    }
  }

  /// The largest of relu(x) is relu(largest of x).
  template <int kLanes>
  SAM6D_INLINE static void pooled(const PackedLayer& layer, const float* rows, int stride,
                                  int count, float* out) {
    using V = typename Vector<kLanes>::Floats;
    for (int j = 0; j < layer.padded_out; j += 2 * kLanes) {
      V largest[2] = {};
      block_of_rows<kLanes>(
          rows, stride, count, layer.in, layer.weight.data() + j * layer.in,
          layer.bias.data() + j, [&](int, const V& s0, const V& s1) __attribute__((always_inline)) {
            largest[0] = s0 > largest[0] ? s0 : largest[0];
            largest[1] = s1 > largest[1] ? s1 : largest[1];
          });
      float values[2 * kLanes];
      ops::store(values, largest[0]);
      ops::store(values + kLanes, largest[1]);
      for (int c = 0; c < 2 * kLanes && j + c < layer.out; ++c) out[j + c] = values[c];
    }
  }
};

}  // namespace

PackedMlp packed_mlp(const ops::SharedMlp& mlp, MatrixLevel level) {
  PackedMlp packed{{}, level};
  const int block = 2 * lanes_of(level);
  for (const ops::SharedMlpLayer& layer : mlp) {
    const at::Tensor weight = layer.weight.contiguous();
    const at::Tensor bias = layer.bias.contiguous();
    PackedLayer to;
    to.in = static_cast<int>(weight.size(1));
    to.out = static_cast<int>(weight.size(0));
    to.padded_out = (to.out + block - 1) / block * block;
    // Activations have padded rows: their padding meets no weight, as `in` ends before it.
    to.weight.assign(static_cast<std::size_t>(to.padded_out) * static_cast<std::size_t>(to.in), 0);
    to.bias.assign(static_cast<std::size_t>(to.padded_out), 0);
    std::copy_n(bias.data_ptr<float>(), to.out, to.bias.begin());
    for (int j = 0; j < to.out; ++j) {
      for (int k = 0; k < to.in; ++k) {
        const int at = (j / block * to.in + k) * block + j % block;
        to.weight[static_cast<std::size_t>(at)] = weight.data_ptr<float>()[j * to.in + k];
      }
    }
    packed.layers.push_back(std::move(to));
  }
  return packed;
}

void encode(const PackedMlp& mlp, const Neighbourhoods& neighbourhoods, int begin, int end,
            float* encoded) {
  int widest = kInputs;
  for (const PackedLayer& layer : mlp.layers) widest = std::max(widest, layer.padded_out);
  std::vector<float> scratch(std::size_t{2} * static_cast<std::size_t>(widest) *
                             static_cast<std::size_t>(neighbourhoods.samples));
  float* const from = scratch.data();
  float* const to = from + scratch.size() / 2;
  run_matrices_at(mlp.level, Encoding{mlp, neighbourhoods, begin, end, from, to, encoded});
}

}  // namespace sam6d::nets
