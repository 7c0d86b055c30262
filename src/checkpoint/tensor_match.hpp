#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sam6d/checkpoint.hpp"

namespace sam6d {

/// A tensor that a model is made of.
struct ExpectedTensor {
  std::string name;
  std::vector<std::uint64_t> shape;
  bool required = true;  ///< one that is not may be missing, and is not surplus
};

/// Strict loading: the tensors of a model, by its own names, out of one file or several, of which
/// later ones override single tensors of those before. In each file the model's tensors are looked
/// for under the prefix ("", "model.", "module.", "state_dict.model.", ...) that has most of them;
/// at a tie "model", "state_dict" and the like come before others, and then the shortest.
/// Tensors that lie apart from them, as an optimizer's state does, do not count. Throws
/// Error(kBadWeights), naming `model`, with all names that are missing, surplus (in the same
/// dictionary or module, and not of the model) or of another shape. Views live as long as the
/// checkpoints.
[[nodiscard]] SAM6D_API TensorViewMap match_tensors(std::span<const Checkpoint> files,
                                                    std::span<const ExpectedTensor> expected,
                                                    std::string_view model);

}  // namespace sam6d
