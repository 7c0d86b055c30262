#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <ATen/core/Tensor.h>

#include "ops/shared_mlp.hpp"
#include "support/golden.hpp"

namespace sam6d::test {

/// The MLP of the layers `prefix`layer0, layer1, ... by the goldens' formula; widths are those of
/// its channels. `move` brings each tensor to where it is wanted.
template <class Move>
ops::SharedMlp formula_mlp(const std::string& prefix, const std::vector<std::int64_t>& widths,
                           const Move& move) {
  ops::SharedMlp mlp;
  for (std::size_t i = 0; i + 1 < widths.size(); ++i) {
    const std::string layer = prefix + "layer" + std::to_string(i) + ".";
    const auto norm = [&](const char* name) {
      return move(formula_tensor(layer + "normlayer.bn." + name, {widths[i + 1]}));
    };
    mlp.push_back(ops::folded_layer(
        move(formula_tensor(layer + "conv.weight", {widths[i + 1], widths[i], 1, 1})),
        norm("weight"), norm("bias"), norm("running_mean"), norm("running_var")));
  }
  return mlp;
}

inline ops::SharedMlp formula_mlp(const std::string& prefix,
                                  const std::vector<std::int64_t>& widths) {
  return formula_mlp(prefix, widths, [](const at::Tensor& tensor) { return tensor; });
}

}  // namespace sam6d::test
