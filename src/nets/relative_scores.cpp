#include "nets/relative_scores.hpp"

#include <cstdint>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>

#include "nets/cpu_relative_scores.hpp"
#include "ops/parallel.hpp"

namespace sam6d::nets {
namespace {

/// queries: (items,n,heads,channels) that share the place; result: (items,heads,n,m).
void write_composed(const at::Tensor& queries, const at::Tensor& place, const at::Tensor& result) {
  const at::Tensor rows = queries.transpose(0, 1).flatten(1, 2);
  const at::Tensor scores =
      at::bmm(rows, place.transpose(1, 2)).unflatten(1, {queries.size(0), queries.size(2)});
  result.copy_(scores.permute({1, 2, 0, 3}));
}

bool cpu_has_kernel(const at::Tensor& place) {
  return place.device().is_cpu() && place.is_contiguous() && place.size(2) % kChannelStep == 0 &&
         (place.scalar_type() == at::kFloat || place.scalar_type() == at::kBFloat16);
}

/// Value is what the scores are stored as, Bits what places are read as.
template <class Value, class Bits>
void write_scores(const at::Tensor& queries, const at::Tensor& place, const at::Tensor& result) {
  const int channels = static_cast<int>(place.size(2));
  const int count = static_cast<int>(place.size(1));
  const MatrixLevel level = matrix_level();
  // (n,items * heads,channels): the rows of a point, one after the other.
  const at::Tensor rows = queries.transpose(0, 1).flatten(1, 2).to(at::kFloat).contiguous();
  const int row_count = static_cast<int>(rows.size(1));
  const std::int64_t heads = result.size(1);
  const Bits* const places = static_cast<const Bits*>(place.data_ptr());
  Value* const out = result.data_ptr<Value>();
  constexpr int kPoints = 4;  // at a time: 200 KB of places each
  ops::parallel_for_ranges(
      static_cast<int>(place.size(0)), kPoints, at::get_num_threads(), [&](int begin, int end) {
        std::vector<float> scores(static_cast<std::size_t>(row_count) *
                                  static_cast<std::size_t>(count));
        for (std::int64_t i = begin; i < end; ++i) {
          score_places(rows.data_ptr<float>() + i * rows.stride(0), row_count,
                       places + i * place.stride(0), count, channels, level, scores.data());
          for (std::int64_t row = 0; row < row_count; ++row) {
            std::copy_n(scores.data() + row * count, count,
                        out + row / heads * result.stride(0) + row % heads * result.stride(1) +
                            i * result.stride(2));
          }
        }
      });
}

}  // namespace

at::Tensor relative_scores(const at::Tensor& queries, const std::vector<at::Tensor>& places) {
  const auto batch = static_cast<std::int64_t>(places.size());
  at::Tensor result =
      at::empty({batch, queries.size(2), queries.size(1), places[0].size(1)}, queries.options());
  for (std::int64_t begin = 0; begin < batch;) {
    // Neighbours in the batch that share their places read them once.
    const at::Tensor& place = places[static_cast<std::size_t>(begin)];
    std::int64_t end = begin + 1;
    while (end < batch && places[static_cast<std::size_t>(end)].is_same(place)) ++end;
    const at::Tensor of_items = queries.narrow(0, begin, end - begin);
    const at::Tensor to = result.narrow(0, begin, end - begin);
    if (!cpu_has_kernel(place)) {
      write_composed(of_items, place, to);
    } else if (place.scalar_type() == at::kFloat) {
      write_scores<float, float>(of_items, place, to);
    } else {
      write_scores<at::BFloat16, std::uint16_t>(of_items, place, to);
    }
    begin = end;
  }
  return result;
}

}  // namespace sam6d::nets
