#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "sam6d/export.hpp"

namespace sam6d {

/// Synthetic weights: element number i (in C order) of the tensor `name` is a function of name and
/// i alone, so that networks of any size can be made anywhere with the same numbers. u in [-1, 1)
/// comes of a hash of both (FNV-1a, then SplitMix64); the first rule that applies gives the value:
/// *.running_var 1 + 0.25 u; *.running_mean 0.1 u; *.weight of one dimension 1 + 0.1 u; *.gamma
/// 0.5 + 0.1 u; others of at most one dimension 0.05 u; *.weight sqrt(3 / fan_in) u, where fan_in =
/// elements / shape[0]; all else 0.1 u. `values` holds as many numbers as `shape` says.
SAM6D_API void fill_by_formula(std::string_view name, std::span<const std::uint64_t> shape,
                               std::span<float> values);

}  // namespace sam6d
