#include "nets/relative_attention.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/cat.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mm.h>
#if __has_include(<ATen/ops/scaled_dot_product_attention.h>)
#include <ATen/ops/scaled_dot_product_attention.h>
#else
#include <ATen/ops/softmax.h>
#endif
#include <c10/core/InferenceMode.h>

#include "nets/cpu_biased_softmax.hpp"
#include "ops/parallel.hpp"

namespace sam6d::nets {
namespace {

/// Scores of a task: 2 MB, which stay in a core's cache.
constexpr std::int64_t kScoresATask = 1 << 19;
/// Biases that exist at once where LibTorch's own attention wants them whole.
constexpr std::int64_t kMostBiases = std::int64_t{1} << 28;
constexpr std::int64_t kMostBiasesCpu = std::int64_t{1} << 24;

/// All of one batch item and head: (B*heads,side*side,c).
struct Heads {
  at::Tensor q, k, v;
  at::Tensor rows;  ///< (B*heads,side*side,side): what queries add to the scores of a row of keys
  at::Tensor columns;  ///< likewise
  std::int64_t side = 0;
  double scale = 1;
};

/// (side,side,c): entry (a,b) is that of the distance a - b.
at::Tensor by_distance(const at::Tensor& table) {
  const std::int64_t side = (table.size(0) + 1) / 2;
  const at::Tensor at = at::arange(side, table.options().dtype(at::kLong));
  const at::Tensor index = at.unsqueeze(1).sub(at.unsqueeze(0)).add(side - 1).flatten();
  return table.index_select(0, index).reshape({side, side, -1});
}

Heads split(const at::Tensor& qkv, const at::Tensor& rows, const at::Tensor& columns,
            std::int64_t heads) {
  const std::int64_t batch = qkv.size(0);
  const std::int64_t side = qkv.size(1);
  const std::int64_t channels = qkv.size(3) / (3 * heads);
  const at::Tensor parts = qkv.reshape({batch, side * side, 3, heads, channels})
                               .permute({2, 0, 3, 1, 4})
                               .reshape({3, batch * heads, side * side, channels});
  Heads result;
  result.q = parts[0];
  result.k = parts[1];
  result.v = parts[2];
  result.side = side;
  result.scale = 1.0 / std::sqrt(static_cast<double>(channels));
  // Queries of a row share the distances to all rows: one product a row, and so for columns.
  const at::Tensor grid = result.q.reshape({batch * heads, side, side, channels});
  result.rows = at::bmm(grid.transpose(0, 1).reshape({side, batch * heads * side, channels}),
                        by_distance(rows).transpose(1, 2))
                    .reshape({side, batch * heads, side, side})
                    .permute({1, 0, 2, 3})
                    .reshape({batch * heads, side * side, side});
  result.columns =
      at::bmm(grid.permute({2, 0, 1, 3}).reshape({side, batch * heads * side, channels}),
              by_distance(columns).transpose(1, 2))
          .reshape({side, batch * heads, side, side})
          .permute({1, 2, 0, 3})
          .reshape({batch * heads, side * side, side});
  return result;
}

/// The biases as products: queries get theirs as further channels, keys a one in the channels of
/// their row and column. Cheaper than adding them where the grid is small.
void fold_biases(Heads& heads) {
  const std::int64_t side = heads.side;
  const at::Tensor ones = at::eye(side, heads.k.options());
  const at::Tensor row = ones.unsqueeze(1).expand({side, side, side}).reshape({side * side, side});
  const at::Tensor column = ones.repeat({side, 1});
  const at::Tensor places = at::cat({row, column}, 1).unsqueeze(0);
  heads.q = at::cat({heads.q.mul(heads.scale), heads.rows, heads.columns}, 2);
  heads.k = at::cat({heads.k, places.expand({heads.k.size(0), -1, -1})}, 2);
  heads.rows = at::Tensor();
  heads.columns = at::Tensor();
}

at::Tensor attend_in_parts(Heads heads) {
  const bool folded = heads.side % ops::kLanes != 0;
  if (folded) {
    fold_biases(heads);
  } else {
    heads.q = heads.q.mul(heads.scale);
  }
  const std::int64_t count = heads.k.size(1);
  const std::int64_t channels = heads.v.size(2);
  const std::int64_t step = std::clamp<std::int64_t>(kScoresATask / count, 1, count);
  const std::int64_t steps = (count + step - 1) / step;
  const at::Tensor keys = heads.k.transpose(1, 2);
  at::Tensor result = at::empty(heads.v.sizes(), heads.v.options());
  const ops::SimdLevel level = ops::simd_level();
  ops::parallel_for(
      static_cast<int>(heads.q.size(0) * steps), at::get_num_threads(), [&](int task) {
        const c10::InferenceMode inference;
        const std::int64_t head = task / steps;
        const std::int64_t first = task % steps * step;
        const std::int64_t queries = std::min(step, count - first);
        const at::Tensor scores = at::mm(heads.q[head].narrow(0, first, queries), keys[head]);
        const float* const rows = folded ? nullptr : heads.rows[head][first].data_ptr<float>();
        const float* const columns =
            folded ? nullptr : heads.columns[head][first].data_ptr<float>();
        std::vector<float> sums(static_cast<std::size_t>(queries));
        for (std::int64_t i = 0; i < queries; ++i) {
          const BiasedScores query{scores.data_ptr<float>() + i * count, static_cast<int>(count),
                                   folded ? nullptr : rows + i * heads.side,
                                   folded ? nullptr : columns + i * heads.side,
                                   static_cast<int>(heads.side)};
          sums[static_cast<std::size_t>(i)] = exponentials(query, level);
        }
        const at::Tensor out = at::mm(scores, heads.v[head]);
        float* to = result.data_ptr<float>() + (head * count + first) * channels;
        const float* from = out.data_ptr<float>();
        for (const float sum : sums) {
          for (std::int64_t c = 0; c < channels; ++c) *to++ = *from++ / sum;
        }
      });
  return result;
}

/// What LibTorch has, some heads at a time.
at::Tensor attend_composed(const Heads& heads) {
  const std::int64_t count = heads.k.size(1);
  const std::int64_t most = heads.q.device().is_cpu() ? kMostBiasesCpu : kMostBiases;
  const std::int64_t step = std::clamp<std::int64_t>(most / (count * count), 1, heads.q.size(0));
  std::vector<at::Tensor> parts;
  for (std::int64_t first = 0; first < heads.q.size(0); first += step) {
    const auto part = [&](const at::Tensor& all) {
      return all.narrow(0, first, std::min(step, all.size(0) - first));
    };
    const at::Tensor biases = part(heads.rows)
                                  .unsqueeze(3)
                                  .add(part(heads.columns).unsqueeze(2))
                                  .reshape({-1, count, count});
#if __has_include(<ATen/ops/scaled_dot_product_attention.h>)
    parts.push_back(
        at::scaled_dot_product_attention(part(heads.q).unsqueeze(0), part(heads.k).unsqueeze(0),
                                         part(heads.v).unsqueeze(0), biases.unsqueeze(0))
            .squeeze(0));
#else
    const at::Tensor scores =
        at::matmul(part(heads.q).mul(heads.scale), part(heads.k).transpose(1, 2)).add_(biases);
    parts.push_back(at::matmul(at::softmax(scores, 2), part(heads.v)));
#endif
  }
  return at::cat(parts);
}

}  // namespace

at::Tensor attend_on_grid(const at::Tensor& qkv, const at::Tensor& rows, const at::Tensor& columns,
                          std::int64_t heads) {
  const std::int64_t batch = qkv.size(0);
  const std::int64_t side = qkv.size(1);
  Heads split_qkv = split(qkv, rows, columns, heads);
  const bool own = qkv.device().is_cpu() && qkv.scalar_type() == at::kFloat;
  const at::Tensor attended =
      own ? attend_in_parts(std::move(split_qkv)) : attend_composed(split_qkv);
  return attended.reshape({batch, heads, side, side, -1})
      .permute({0, 2, 3, 1, 4})
      .reshape({batch, side, side, qkv.size(3) / 3});
}

}  // namespace sam6d::nets
