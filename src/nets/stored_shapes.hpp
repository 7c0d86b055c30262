#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sam6d/weights.hpp"

namespace sam6d::nets {

/// Shapes of the tensors in the files of a network's weights, from which the network's sizes
/// follow. Weights that a formula makes have none, whatever overrides them.
class StoredShapes {
 public:
  /// `anchor`: a tensor that the network must have; what stands before it in a file's name of it
  /// ("model.", ...) is left away. Nothing is found in files that lack it.
  StoredShapes(const Weights& weights, std::string_view anchor);

  [[nodiscard]] bool empty() const { return shapes_.empty(); }
  [[nodiscard]] bool has(const std::string& name) const { return shapes_.contains(name); }
  /// Side `i` of a tensor; Error(kBadWeights) when there is no such tensor or side.
  [[nodiscard]] std::int64_t side(const std::string& name, std::size_t i) const;
  /// How many of `prefix`0`suffix`, `prefix`1`suffix`, ... there are.
  [[nodiscard]] std::int64_t count(const std::string& prefix, const std::string& suffix) const;

 private:
  std::string source_;
  std::map<std::string, std::vector<std::uint64_t>> shapes_;
};

}  // namespace sam6d::nets
