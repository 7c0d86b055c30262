#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "checkpoint/tensor_match.hpp"
#include "sam6d/weights.hpp"

namespace sam6d {

/// What a Weights holds: a formula, files of which later ones override single tensors, or both.
struct WeightsData {
  std::optional<Network> formula;
  std::vector<Checkpoint> files;
  std::string source;
  mutable std::once_flag hashed;
  mutable std::string hash;
};

/// The tensors of a model. Views live as long as this.
struct ModelTensors {
  TensorViewMap tensors;
  std::vector<std::shared_ptr<const void>> owners;
};

/// By the model's own names, as match_tensors finds them; a formula makes those that no file has,
/// if it is not for another network (then Error(kBadWeights)), and only those that are required.
[[nodiscard]] SAM6D_API ModelTensors model_tensors(const Weights& weights, Network network,
                                                   std::span<const ExpectedTensor> expected);

}  // namespace sam6d
