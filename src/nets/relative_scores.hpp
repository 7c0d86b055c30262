#pragma once

#include <vector>

#include <ATen/core/Tensor.h>

namespace sam6d::nets {

/// scores[b,h,i,j] = queries[b,i,h,:] . places[b][i,j,:]. queries: (B,n,heads,channels), strided in
/// any way; places: one (n,m,channels) tensor an item, in the type of the queries. Returns
/// (B,heads,n,m).
[[nodiscard]] at::Tensor relative_scores(const at::Tensor& queries,
                                         const std::vector<at::Tensor>& places);

}  // namespace sam6d::nets
