#include "nets/relative_scores.hpp"

#include <cstdint>

#include <ATen/ops/bmm.h>
#include <ATen/ops/empty.h>

namespace sam6d::nets {

at::Tensor relative_scores(const at::Tensor& queries, const std::vector<at::Tensor>& places) {
  const auto batch = static_cast<std::int64_t>(places.size());
  const at::Tensor result =
      at::empty({batch, queries.size(2), queries.size(1), places[0].size(1)}, queries.options());
  for (std::int64_t begin = 0; begin < batch;) {
    // Neighbours in the batch that share their places read them once.
    const at::Tensor& place = places[static_cast<std::size_t>(begin)];
    std::int64_t end = begin + 1;
    while (end < batch && places[static_cast<std::size_t>(end)].is_same(place)) ++end;
    const at::Tensor rows = queries.narrow(0, begin, end - begin)
                                .transpose(0, 1)  // (n,items,heads,channels)
                                .flatten(1, 2);
    const at::Tensor scores =
        at::bmm(rows, place.transpose(1, 2)).unflatten(1, {end - begin, queries.size(2)});
    result.narrow(0, begin, end - begin).copy_(scores.permute({1, 2, 0, 3}));
    begin = end;
  }
  return result;
}

}  // namespace sam6d::nets
